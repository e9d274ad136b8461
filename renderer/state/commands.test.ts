import { expect, it } from 'vitest';
import { createClient } from '../bridge/client';
import { RecordedBridge } from '../bridge/recorded-bridge';
import { App } from './app.svelte';
import { commandsOf, isKey } from './commands';
import { findCommands } from './find-commands';

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

it('no two commands share an id or a key', () => {
  const commands = commandsOf(new App(createClient(new RecordedBridge())));
  expect(new Set(commands.map((one) => one.id)).size).toBe(commands.length);
  const keys = commands.flatMap((one) => one.keys ?? []);
  expect(new Set(keys).size).toBe(keys.length);
});

it('finds a command by any of its words, those that begin with it first', () => {
  const commands = ['Show problems', 'Open a fleet…', 'New fleet'].map((title) => ({ title }));
  expect(findCommands(commands, 'fleet op').map((one) => one.title)).toEqual(['Open a fleet…']);
  expect(findCommands(commands, 'o').map((one) => one.title)).toEqual(['Open a fleet…', 'Show problems']);
  expect(findCommands(commands, ' ')).toHaveLength(3);
});
