import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { menuTemplate } from './menu';

const nothing = (): void => undefined;
const actions = { send: nothing, showLogFile: nothing, restartEngine: nothing, showAbout: nothing };

describe('the application menu', () => {
  it('sends the command an item is named after', () => {
    const sent: string[] = [];
    const items = allItems(menuTemplate({ ...actions, send: (command) => sent.push(command) }, [], 'linux'));
    for (const id of ['save', 'open', 'undo', 'review']) click(items.find((item) => item.id === id));
    expect(sent).toEqual(['save', 'open', 'undo', 'review']);
  });

  it('offers the files opened last', () => {
    const sent: string[] = [];
    const template = menuTemplate(
      { ...actions, send: (command) => sent.push(command) },
      ['/home/ada/lab/fleet.toml'],
      'linux',
    );
    click(allItems(template).find((item) => item.label === 'fleet.toml — /home/ada/lab'));
    expect(sent).toEqual(['open-path:/home/ada/lab/fleet.toml']);
  });

  it('gives no key to two items', () => {
    const keys = allItems(menuTemplate(actions, [], 'linux')).flatMap((item) => item.accelerator ?? []);
    expect(new Set(keys).size).toBe(keys.length);
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
