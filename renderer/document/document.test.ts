import { expect, it } from 'vitest';
import { moveServer } from '../../shared/fleet/edit/edit-fleet';
import { addLink } from '../../shared/fleet/edit/edit-links';
import { FleetDocument } from './document.svelte';
import '../dev/all-loaded';

const text = `version = 1
name = "Home lab" # ours

[[server]]
id = "idm-a"
connect = "ssh"
endpoint = "ssh://a"
origin = "repl://a.example.com:8444"

[[server]]
id = "idm-b"
connect = "ssh"
endpoint = "ssh://b"
origin = "repl://b.example.com:8444"
`;

function open(): FleetDocument {
  const document = new FleetDocument();
  document.take('/home/ada/fleet.toml', text, text);
  return document;
}
const pair = (from: string) => addLink(from, { supplier: 'idm-a', consumer: 'idm-b' });

it('reads the fleet and knows whether it is saved', () => {
  const document = open();
  expect(document.fleet?.name).toBe('Home lab');
  expect(document.saved).toBe(true);
  document.edit('Pair', pair);
  expect(document.saved).toBe(false);
  document.wasSaved('/home/ada/fleet.toml', document.text);
  expect(document.saved).toBe(true);
});

it('undoing gives back every byte, comments too, and says what was undone', () => {
  const document = open();
  document.edit('Pair idm-a and idm-b', pair);
  expect(document.fleet?.links).toHaveLength(1);
  expect(document.undo()).toBe('Pair idm-a and idm-b');
  expect(document.text).toBe(text);
  expect(document.redo()).toBe('Pair idm-a and idm-b');
  expect(document.fleet?.links).toHaveLength(1);
});

it('a refused edit changes nothing', () => {
  const document = open();
  const refused = document.edit('Pair', (from) => addLink(from, { supplier: 'idm-a', consumer: 'nobody' }));
  expect(refused.ok).toBe(false);
  expect(document.text).toBe(text);
  expect(document.canUndo).toBe(false);
});

it('moving a server does not change what the fleet means', () => {
  const document = open();
  const before = document.meaning;
  document.edit('Move', (from) => moveServer(from, 'idm-a', { x: 10, y: 20 }));
  expect(document.text).not.toBe(text);
  expect(document.meaning).toBe(before);
  document.edit('Pair', pair);
  expect(document.meaning).not.toBe(before);
});

it('holds no fleet before a file is opened', () => {
  expect(new FleetDocument().fleet).toBeNull();
});

it('a file that cannot be read has its problem with line and column, and nothing that could be acted on', () => {
  const document = new FleetDocument();
  document.take('/f.toml', 'version = 1\nname = ', null);
  expect(document.usable).toBe(false);
  expect(document.fleet?.servers).toEqual([]);
  expect(document.hasErrors).toBe(true);
  expect(document.problems[0]?.where).toMatchObject({ file: 'f.toml', line: 2 });
});
