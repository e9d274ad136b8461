import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { isCommand, viewIds, wordsOf } from '../../shared/ipc';
import { menuTemplate } from './menu';

const nothing = (): void => undefined;
const actions = {
  send: nothing,
  openPath: nothing,
  showLogFile: nothing,
  restartEngine: nothing,
  showAbout: nothing,
  devTools: false,
  watching: { background: false, notices: true, quiet: null },
  changeWatching: nothing,
};

describe('the application menu', () => {
  it('sends the command an item is named after', () => {
    const sent: string[] = [];
    const items = allItems(menuTemplate({ ...actions, send: (command) => sent.push(command) }, [], 'linux'));
    for (const id of ['save', 'open', 'undo', 'review']) click(items.find((item) => item.id === id));
    expect(sent).toEqual(['save', 'open', 'undo', 'review']);
  });

  it('offers the files opened last', () => {
    const opened: string[] = [];
    const template = menuTemplate(
      { ...actions, openPath: (path) => opened.push(path) },
      ['/home/ada/lab/fleet.toml'],
      'linux',
    );
    click(allItems(template).find((item) => item.label === 'fleet.toml — /home/ada/lab'));
    expect(opened).toEqual(['/home/ada/lab/fleet.toml']);
  });

  it('offers the window’s commands alone, each by the window’s words and key, and every view', () => {
    const items = allItems(menuTemplate(actions, [], 'darwin'));
    const own = new Set(['restart-engine', 'recent']);
    const named = items.flatMap((item) => (item.id === undefined || own.has(item.id) ? [] : [item]));
    expect(named.map((item) => item.id).filter((id) => !isCommand(id))).toEqual([]);
    for (const { id, label } of named)
      if (isCommand(id)) expect(label?.replaceAll('&&', '&')).toBe(wordsOf(id).title);
    expect(named.map((item) => item.id)).toEqual(expect.arrayContaining([...viewIds]));
    expect(items.find((item) => item.id === 'check')?.accelerator).toBe('F5');
    expect(items.find((item) => item.id === 'add-server')?.accelerator).toBe('CmdOrCtrl+Shift+A');
    expect(items.find((item) => item.id === 'zoom-in')?.accelerator).toBe('CmdOrCtrl+=');
    expect(items.find((item) => item.id === 'pair')?.accelerator).toBeUndefined();
  });

  it('shows the name of such a file as it is, and nothing that acts on the menu', () => {
    const path = '/home/ada/R&D/\u202Elmot.teelf\n';
    const labels = allItems(menuTemplate(actions, [path], 'linux')).map((item) => item.label);
    expect(labels).toContain('\uFFFDlmot.teelf — /home/ada/R&&D');
  });

  it('gives no key to two items', () => {
    const keys = allItems(menuTemplate(actions, [], 'linux')).flatMap((item) => item.accelerator ?? []);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('has developer tools only where they were asked for', () => {
    const offers = (devTools: boolean): boolean =>
      allItems(menuTemplate({ ...actions, devTools }, [], 'linux')).some(
        ({ role }) => role === 'toggleDevTools',
      );
    expect([offers(false), offers(true)]).toEqual([false, true]);
  });

  it('leaves Ctrl+Z to the window, where it may belong to a text field', () => {
    const undo = allItems(menuTemplate(actions, [], 'linux')).find((item) => item.id === 'undo');
    expect(undo).toMatchObject({ accelerator: 'CmdOrCtrl+Z', registerAccelerator: false });
  });
});

function allItems(template: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return template.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? allItems(item.submenu) : [])]);
}

function click(item: MenuItemConstructorOptions | undefined): void {
  if (item?.click === undefined) throw new Error('there is no such item');
  Reflect.apply(item.click, item, []);
}
