import type { MenuItemConstructorOptions } from 'electron';
import { basename, dirname } from 'node:path';
import { type WatchingSettings, watchingMenu } from './background/watching-menu';
import { onOneLine } from '../../shared/base/escape-controls';
import { type CommandId, keysFor, viewIds, wordsOf } from '../../shared/ipc';

/** What the menu does besides sending commands to the window. */
export interface MenuActions {
  readonly send: (command: CommandId) => void;
  /** Opens a fleet file that was opened before. */
  readonly openPath: (path: string) => void;
  readonly showLogFile: () => void;
  readonly restartEngine: () => void;
  readonly showAbout: () => void;
  /** How the app watches while nobody looks. */
  readonly watching: WatchingSettings;
  readonly changeWatching: (part: Partial<WatchingSettings>) => void;
  /** Whether the menu offers Chromium's developer tools: a person who is talked into pasting code there acts as the window. */
  readonly devTools: boolean;
}

/**
 * The application menu. Its commands, their titles and their keys are the window's (`shared/ipc/commands.ts`).
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
    { label: '&Edit', submenu: items(actions, ['undo', 'redo']).concat(line, editing) },
    { label: 'F&leet', submenu: fleetMenu(actions) },
    { label: '&View', submenu: viewMenu(actions) },
    ...(mac ? [{ role: 'windowMenu' as const }] : []),
    { label: '&Help', role: 'help', submenu: helpMenu(actions) },
  ];
}

const line: MenuItemConstructorOptions = { type: 'separator' };
const editing: MenuItemConstructorOptions[] = [
  { role: 'cut' },
  { role: 'copy' },
  { role: 'paste' },
  { role: 'selectAll' },
];

/** What a file is called acts on nothing in a menu, where an ampersand underlines the next letter. */
const asLabel = (text: string): string => onOneLine(text).replaceAll('&', '&&');

function fileMenu(
  actions: MenuActions,
  recent: readonly string[],
  mac: boolean,
): MenuItemConstructorOptions[] {
  const openRecent = recent.map((path) => ({
    label: asLabel(`${basename(path)} — ${dirname(path)}`),
    click: () => actions.openPath(path),
  }));
  return [
    ...items(actions, ['new', 'open', 'adopt']),
    { label: 'Open recent', id: 'recent', enabled: recent.length > 0, submenu: openRecent },
    line,
    ...items(actions, ['save', 'save-as']),
    line,
    ...items(actions, ['picture-svg', 'picture-png']),
    line,
    ...items(actions, ['practice']),
    line,
    mac ? { role: 'close' } : { role: 'quit' },
  ];
}

const fleetMenu = (actions: MenuActions): MenuItemConstructorOptions[] => [
  ...items(actions, ['add-server', 'pair', 'name', 'edit-text', 'trust']),
  line,
  ...items(actions, ['check', 'compare', 'behind', 'answers', 'start', 'restart', 'review']),
  line,
  ...watchingMenu(actions.watching, actions.changeWatching),
];

const viewMenu = (actions: MenuActions): MenuItemConstructorOptions[] => [
  ...items(actions, ['palette']),
  line,
  ...items(actions, viewIds),
  line,
  ...items(actions, ['fold-fleet', 'fold-inspector', 'fold-details']),
  line,
  ...items(actions, ['zoom-in', 'zoom-out', 'zoom-fit']),
  line,
  ...items(actions, ['toggle-theme', 'system-theme']),
  line,
  { role: 'zoomIn', label: 'Larger text', accelerator: 'CmdOrCtrl+Alt+=' },
  { role: 'zoomOut', label: 'Smaller text', accelerator: 'CmdOrCtrl+Alt+-' },
  { role: 'resetZoom', label: 'Reset text size', accelerator: 'CmdOrCtrl+Alt+0' },
  { role: 'togglefullscreen' },
];

const helpMenu = (actions: MenuActions): MenuItemConstructorOptions[] => [
  ...items(actions, ['keys']),
  line,
  { label: 'Show log file', click: actions.showLogFile },
  ...items(actions, ['diagnose', 'diagnose-without-addresses']),
  { label: 'Restart engine', id: 'restart-engine', click: actions.restartEngine },
  ...(actions.devTools ? [{ role: 'toggleDevTools' as const }] : []),
  line,
  { label: 'About Kanilink', click: actions.showAbout },
];

/**
 * Items of the window's commands. A key is only written beside its item: the window takes it, as it belongs to the text
 * in a text field. A key without Ctrl is not even written: on a Mac what is written is taken.
 */
const items = ({ send }: MenuActions, commands: readonly CommandId[]): MenuItemConstructorOptions[] =>
  commands.map((id) => {
    const { title } = wordsOf(id);
    const [keys] = keysFor(wordsOf(id));
    const written = keys !== undefined && /^mod\+|^f\d+$/.test(keys);
    return {
      label: title.replaceAll('&', '&&'),
      id,
      click: () => send(id),
      ...(written ? { accelerator: accelerator(keys), registerAccelerator: false } : {}),
    };
  });

/** `mod+shift+z` as Electron writes it: `CmdOrCtrl+Shift+Z`. */
const accelerator = (keys: string): string =>
  keys
    .split('+')
    .map((key) => (key === 'mod' ? 'CmdOrCtrl' : key.charAt(0).toUpperCase() + key.slice(1)))
    .join('+');
