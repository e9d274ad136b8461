import page from '../../docs/guide.md?raw';
import { expect, it } from 'vitest';
import { commandIds, viewIds } from '../../shared/ipc';
import { keyWords } from '../base/key-words';
import { createClient } from '../bridge/ipc-client';
import { RecordedBridge } from '../bridge/recorded-bridge';
import { App } from '../app/app.svelte';
import { layoutOf } from '../app/keep-layout';
import { commandsOf, isKey } from './commands';
import { findCommands } from './find-commands';
import '../dev/all-loaded';

const press = (key: string, more: Partial<Parameters<typeof isKey>[0]> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...more,
});
const enabled = (app: App): string[] =>
  commandsOf(app)
    .filter((one) => one.enabled)
    .map((one) => one.id);

it('knows its keys, with Ctrl or Cmd, and no others', () => {
  expect(isKey(press('k', { ctrlKey: true }), 'mod+k')).toBe(true);
  expect(isKey(press('K', { metaKey: true }), 'mod+k')).toBe(true);
  expect(isKey(press('k'), 'mod+k')).toBe(false);
  expect(isKey(press('z', { ctrlKey: true, shiftKey: true }), 'mod+z')).toBe(false);
  expect(isKey(press('Z', { ctrlKey: true, shiftKey: true }), 'mod+shift+z')).toBe(true);
  expect(isKey(press('+', { ctrlKey: true, shiftKey: true }), 'mod+=')).toBe(true);
  expect(isKey(press('Backspace'), 'delete')).toBe(true);
  expect(isKey(press('p', { altKey: true }), 'p')).toBe(false);
  expect(isKey(press('F5'), 'f5')).toBe(true);
  expect(isKey(press('F6', { shiftKey: true }), 'f6')).toBe(false);
  // On a US keyboard with Shift, on a German one Shift and 7.
  expect(isKey(press('?', { shiftKey: true }), '?')).toBe(true);
  expect(isKey(press('/', { ctrlKey: true, shiftKey: true }), 'mod+/')).toBe(true);
  expect(isKey(press('A', { ctrlKey: true, shiftKey: true }), 'mod+shift+a')).toBe(true);
});

it('offers only what can be done', () => {
  const app = new App(createClient(new RecordedBridge()));
  expect(enabled(app)).toContain('practice');
  expect(enabled(app)).not.toContain('save');
  app.document.take(null, 'version = 1\nname = "x"\n', null);
  expect(enabled(app)).toEqual(expect.arrayContaining(['save', 'add-server']));
  expect(enabled(app)).not.toContain('review');
  app.settings.readOnly = true;
  expect(enabled(app)).not.toContain('add-server');
  expect(enabled(app)).toContain('save');
});

it('does every command of the table, and no two take one key', () => {
  const commands = commandsOf(new App(createClient(new RecordedBridge())));
  expect(commands.map((one) => one.id)).toEqual(commandIds);
  const keys = commands.flatMap((one) => one.keys ?? []);
  expect(new Set(keys).size).toBe(keys.length);
});

it('folds a part of the window, and shows the panel of a tab that is asked for', () => {
  const app = new App(createClient(new RecordedBridge()));
  app.document.take(null, 'version = 1\nname = "x"\n', null);
  const run = (id: string): void =>
    commandsOf(app)
      .find((one) => one.id === id)
      ?.run();
  run('fold-details');
  run('fold-inspector');
  expect(layoutOf(app)).toMatchObject({ folded: ['details', 'inspector'], tab: 'logs' });
  run('plan');
  expect(layoutOf(app)).toMatchObject({ folded: ['inspector'], tab: 'plan' });
  run('fold-details');
  app.showEvidence('Why', []);
  expect(layoutOf(app)).toMatchObject({ folded: ['inspector'], tab: 'logs' });
  // What a small window has no room for is another matter.
  app.panels.narrow = true;
  expect(app.panels.isFolded('fleet')).toBe(true);
  run('fold-fleet');
  app.panels.narrow = false;
  expect(layoutOf(app)).toMatchObject({ folded: ['inspector'], foldedSmall: ['inspector', 'details'] });
});

it('shows every view by its command', () => {
  const app = new App(createClient(new RecordedBridge()));
  app.document.take(null, 'version = 1\nname = "x"\n', null);
  for (const id of viewIds) {
    commandsOf(app)
      .find((one) => one.id === id)
      ?.run();
    expect([app.stage, app.tab]).toContain(id);
  }
});

it('the guide lists every key, and no other', () => {
  const guide = page.split('## By keyboard')[1]?.split('\n## ')[0] ?? '';
  const listed = [...guide.matchAll(/^\| (?<keys>[^|]*[^|\s]) \|/gm)].flatMap(
    (row) => row[1]?.split(', ') ?? [],
  );
  const keys = commandsOf(new App(createClient(new RecordedBridge()))).flatMap((one) => one.keys ?? []);
  expect(listed.toSorted()).toEqual(keys.map(keyWords).toSorted());
});

it('finds a command by any of its words, those that begin with it first', () => {
  const commands = ['Show problems', 'Open a fleet…', 'New fleet'].map((title) => ({ title }));
  expect(findCommands(commands, 'fleet op').map((one) => one.title)).toEqual(['Open a fleet…']);
  expect(findCommands(commands, 'o').map((one) => one.title)).toEqual(['Open a fleet…', 'Show problems']);
  expect(findCommands(commands, ' ')).toHaveLength(3);
});
