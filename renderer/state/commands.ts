import type { App } from './app.svelte';
import { adoptServers, afterSaving, newFile, openFile, practise, save, saveAs } from './files';
import { startPairing } from './pairing';
import { savePicture } from '../topology/save-picture';
import { removeSelected } from './removing';

/** One thing a person can do, by button, menu, key or palette. */
export interface Command {
  /** Stable; the app's menu sends it. */
  readonly id: string;
  readonly title: string;
  /** As `mod+shift+z`; `mod` is Ctrl, on a Mac Cmd. */
  readonly keys?: string;
  /** Not while a text field has the focus. */
  readonly notWhileTyping?: boolean;
  readonly enabled: boolean;
  run(): void;
}

/** All commands as they stand now: read it in a `$derived`. */
export function commandsOf(app: App): readonly Command[] {
  const { canvas } = app;
  const open = app.document.open;
  const usable = open && app.document.fleet !== null;
  const filled = usable && (app.document.fleet?.servers.length ?? 0) > 0;
  const changeable = usable && !app.locked;
  const selected = app.selection.servers;
  return [
    {
      id: 'palette',
      title: 'Find a command',
      keys: 'mod+k',
      enabled: true,
      run: () => (app.dialog = { kind: 'palette' }),
    },
    { id: 'practice', title: 'Try the practice fleet', enabled: true, run: () => practise(app) },
    { id: 'open', title: 'Open a fleet…', keys: 'mod+o', enabled: true, run: () => openFile(app) },
    { id: 'new', title: 'New fleet', keys: 'mod+n', enabled: true, run: () => newFile(app) },
    { id: 'adopt', title: 'Adopt running servers…', enabled: true, run: () => adoptServers(app) },
    { id: 'save', title: 'Save', keys: 'mod+s', enabled: open, run: () => void save(app) },
    { id: 'save-as', title: 'Save as…', keys: 'mod+shift+s', enabled: open, run: () => void saveAs(app) },
    {
      id: 'undo',
      title: 'Undo',
      keys: 'mod+z',
      notWhileTyping: true,
      enabled: !app.locked && app.document.canUndo,
      run: () => app.undo(),
    },
    {
      id: 'redo',
      title: 'Redo',
      keys: 'mod+shift+z',
      notWhileTyping: true,
      enabled: !app.locked && app.document.canRedo,
      run: () => app.redo(),
    },
    {
      id: 'add-server',
      title: 'Add a server…',
      enabled: changeable,
      run: () => (app.dialog = { kind: 'server', id: null }),
    },
    {
      id: 'edit-server',
      title: 'Edit the selected server…',
      enabled: changeable && selected.length === 1,
      run: () => (app.dialog = { kind: 'server', id: selected[0] ?? null }),
    },
    {
      id: 'pair',
      title: 'Pair servers…',
      keys: 'p',
      notWhileTyping: true,
      enabled: changeable && (app.document.fleet?.servers.length ?? 0) > 1,
      run: () => startPairing(app, selected[0] ?? null, selected[1] ?? null),
    },
    {
      id: 'delete',
      title: 'Remove what is selected',
      keys: 'delete',
      notWhileTyping: true,
      enabled: changeable && (selected.length > 0 || app.selection.link !== null),
      run: () => removeSelected(app),
    },
    {
      id: 'check',
      title: 'Check the servers now',
      enabled: filled && !app.deploy.active,
      run: () => app.lookAgain(true),
    },
    {
      id: 'review',
      title: 'Review & deploy…',
      keys: 'mod+enter',
      enabled: filled && !app.deploy.active,
      run: () => (app.dialog = { kind: 'review' }),
    },
    {
      id: 'show-deploy',
      title: 'Show the deploy',
      enabled: app.deploy.run !== null,
      run: () => (app.dialog = { kind: 'deploy' }),
    },
    { id: 'canvas', title: 'Show the canvas', enabled: usable, run: () => (app.view = 'canvas') },
    { id: 'table', title: 'Show links as a table', enabled: usable, run: () => (app.view = 'table') },
    { id: 'zoom-in', title: 'Zoom in', keys: 'mod+=', enabled: canvas !== null, run: () => canvas?.zoomIn() },
    {
      id: 'zoom-out',
      title: 'Zoom out',
      keys: 'mod+-',
      enabled: canvas !== null,
      run: () => canvas?.zoomOut(),
    },
    {
      id: 'zoom-fit',
      title: 'Fit the canvas',
      keys: 'mod+0',
      enabled: canvas !== null,
      run: () => canvas?.fit(),
    },
    {
      id: 'compare',
      title: 'Compare the data of linked servers',
      enabled: filled && !app.deploy.active && !app.comparing.running,
      run: () => void app.comparing.run(app.document.question()),
    },
    {
      id: 'picture-svg',
      title: 'Save a picture of the topology (SVG)…',
      enabled: filled,
      run: () => void savePicture(app, 'svg'),
    },
    {
      id: 'picture-png',
      title: 'Save a picture of the topology (PNG)…',
      enabled: filled,
      run: () => void savePicture(app, 'png'),
    },
    { id: 'problems', title: 'Show problems', enabled: open, run: () => (app.tab = 'problems') },
    { id: 'logs', title: 'Show logs', enabled: open, run: () => (app.tab = 'logs') },
    { id: 'certificates', title: 'Show certificates', enabled: open, run: () => (app.tab = 'certificates') },
    {
      id: 'toggle-theme',
      title: app.settings.dark ? 'Use the light theme' : 'Use the dark theme',
      enabled: true,
      run: () => void app.settings.toggleTheme(),
    },
    {
      id: 'system-theme',
      title: 'Use the system’s theme',
      enabled: app.settings.theme !== 'system',
      run: () => void app.settings.setTheme('system'),
    },
    {
      id: 'toggle-read-only',
      title: app.settings.readOnly ? 'Turn read-only mode off' : 'Turn read-only mode on',
      enabled: !app.deploy.active,
      run: () => void app.settings.setReadOnly(!app.settings.readOnly),
    },
    {
      id: 'close',
      title: 'Close the window',
      enabled: true,
      run: () => afterSaving(app, () => window.close()),
    },
  ];
}

/** True when the key event is the command's. */
export function isKey(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>,
  keys: string,
): boolean {
  const parts = keys.split('+');
  const key = parts.at(-1) ?? '';
  const mod = parts.includes('mod');
  const pressed = event.key.toLowerCase();
  const same =
    pressed === key ||
    (key === '=' && pressed === '+') ||
    (key === 'delete' && pressed === 'backspace' && !mod);
  const shift = parts.includes('shift');
  return (
    same &&
    (event.ctrlKey || event.metaKey) === mod &&
    !event.altKey &&
    (event.shiftKey === shift || (key === '=' && mod))
  );
}
