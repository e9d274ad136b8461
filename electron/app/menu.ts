import type { MenuItemConstructorOptions } from 'electron';
import { basename, dirname } from 'node:path';

/** What the menu does besides sending commands to the window. */
export interface MenuActions {
  readonly send: (command: string) => void;
  readonly showLogFile: () => void;
  readonly restartEngine: () => void;
  readonly showAbout: () => void;
}

/**
 * The application menu. Its commands are the window's (`renderer/state/commands.ts`), under the same ids.
 *
 * @param recent fleet files opened last: the menu is built again when they change
 */
export function menuTemplate(
  actions: MenuActions,
  recent: readonly string[],
  platform: NodeJS.Platform,
): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  return [
    ...(mac ? [{ role: 'appMenu' as const }] : []),
    { label: '&File', submenu: fileMenu(actions, recent, mac) },
    { label: '&Edit', submenu: editMenu(actions) },
    { label: 'F&leet', submenu: fleetMenu(actions) },
    { label: '&View', submenu: viewMenu(actions) },
    ...(mac ? [{ role: 'windowMenu' as const }] : []),
    { label: '&Help', role: 'help', submenu: helpMenu(actions) },
  ];
}

const line: MenuItemConstructorOptions = { type: 'separator' };

function fileMenu(
  actions: MenuActions,
  recent: readonly string[],
  mac: boolean,
): MenuItemConstructorOptions[] {
  const { shown } = commandsOf(actions);
  const openRecent = recent.map((path) => ({
    label: `${basename(path)} — ${dirname(path)}`,
    click: () => actions.send(`open-path:${path}`),
  }));
  return [
    shown('New Fleet', 'new', 'CmdOrCtrl+N'),
    shown('Open…', 'open', 'CmdOrCtrl+O'),
    shown('Adopt Running Servers…', 'adopt'),
    { label: 'Open Recent', enabled: recent.length > 0, submenu: openRecent },
    line,
    shown('Save', 'save', 'CmdOrCtrl+S'),
    shown('Save As…', 'save-as', 'CmdOrCtrl+Shift+S'),
    line,
    { label: 'Save Picture', submenu: [shown('As SVG…', 'picture-svg'), shown('As PNG…', 'picture-png')] },
    line,
    shown('Practice Fleet', 'practice'),
    line,
    mac ? { role: 'close' } : { role: 'quit' },
  ];
}

function editMenu(actions: MenuActions): MenuItemConstructorOptions[] {
  const { shown } = commandsOf(actions);
  return [
    shown('Undo', 'undo', 'CmdOrCtrl+Z'),
    shown('Redo', 'redo', 'CmdOrCtrl+Shift+Z'),
    line,
    { role: 'cut' },
    { role: 'copy' },
    { role: 'paste' },
    { role: 'selectAll' },
  ];
}

function fleetMenu(actions: MenuActions): MenuItemConstructorOptions[] {
  const { shown, ours } = commandsOf(actions);
  return [
    ours('Add Server…', 'add-server', 'CmdOrCtrl+Shift+A'),
    shown('Pair Servers…', 'pair'),
    line,
    ours('Check Now', 'check', 'F5'),
    shown('Compare Data', 'compare'),
    shown('Review && Deploy…', 'review', 'CmdOrCtrl+Enter'),
  ];
}

function viewMenu(actions: MenuActions): MenuItemConstructorOptions[] {
  const { shown } = commandsOf(actions);
  return [
    shown('Command Palette…', 'palette', 'CmdOrCtrl+K'),
    line,
    shown('Canvas', 'canvas'),
    shown('Table', 'table'),
    shown('Zoom In', 'zoom-in', 'CmdOrCtrl+='),
    shown('Zoom Out', 'zoom-out', 'CmdOrCtrl+-'),
    shown('Fit the Canvas', 'zoom-fit', 'CmdOrCtrl+0'),
    line,
    shown('Light or Dark', 'toggle-theme'),
    shown('Theme of the System', 'system-theme'),
    line,
    { role: 'zoomIn', label: 'Larger Text', accelerator: 'CmdOrCtrl+Alt+=' },
    { role: 'zoomOut', label: 'Smaller Text', accelerator: 'CmdOrCtrl+Alt+-' },
    { role: 'resetZoom', label: 'Usual Text', accelerator: 'CmdOrCtrl+Alt+0' },
    { role: 'togglefullscreen' },
  ];
}

function helpMenu({ showLogFile, restartEngine, showAbout }: MenuActions): MenuItemConstructorOptions[] {
  return [
    { label: 'Show Log File', click: showLogFile },
    { label: 'Restart Engine', id: 'restart-engine', click: restartEngine },
    { role: 'toggleDevTools' },
    line,
    { label: 'About Kanilink', click: showAbout },
  ];
}

type Item = (label: string, command: string, accelerator?: string) => MenuItemConstructorOptions;

/** `shown`: the key is only written beside it, the window takes it (in a text field, Ctrl+Z belongs to the text). */
function commandsOf({ send }: MenuActions): { readonly shown: Item; readonly ours: Item } {
  const item =
    (registerAccelerator: boolean): Item =>
    (label, command, accelerator) => ({
      label,
      id: command,
      click: () => send(command),
      ...(accelerator === undefined ? {} : { accelerator, registerAccelerator }),
    });
  return { shown: item(false), ours: item(true) };
}
