import {
  type ActionId,
  type CommandId,
  commandIds,
  type CommandWords,
  isView,
  isViewAt,
  keysFor,
  type ViewId,
  wordsOf,
} from '../../shared/ipc/commands';
import type { App } from '../app/app.svelte';
import { adoptServers, afterSaving, closeWindow, newFile, openFile, practise } from '../app/files';
import { saveAll, saveAs } from '../app/saving';
import { saveDiagnostics } from '../app/save-diagnostics';
import { startPairing } from '../app/pairing';
import { isDrawn, removeSelected } from '../app/removing';
import { jobOf, serviceRemedy } from '../health/remedies';
import { goToPane } from './panes';
import { openReview } from '../app/open-review';
import { reviewTrust } from '../app/trust';

/** One thing a person can do, by button, menu, key or palette. */
export interface Command extends CommandWords {
  readonly id: CommandId;
  readonly enabled: boolean;
  run(): void;
}

/** What a command does; `title`: what it would do now, where that changes. */
interface Action {
  readonly enabled: boolean;
  readonly title?: string;
  run(): void;
}

/** All commands as they stand now: read it in a `$derived`. */
export function commandsOf(app: App): readonly Command[] {
  const actions = actionsOf(app);
  return commandIds.map((id) => ({ id, ...wordsOf(id), ...(isView(id) ? showing(app, id) : actions[id]) }));
}

function actionsOf(app: App): Readonly<Record<ActionId, Action>> {
  const { canvas } = app;
  const open = app.document.open;
  const usable = open && app.document.fleet !== null;
  const filled = usable && (app.document.fleet?.servers.length ?? 0) > 0;
  const readable = filled && app.document.trusted;
  const changeable = usable && !app.locked;
  const selected = app.selection.servers;
  const onCanvas = canvas !== null;
  const always = (run: () => void): Action => ({ enabled: true, run });
  return {
    palette: always(() => (app.dialog = { kind: 'palette' })),
    practice: always(() => practise(app)),
    open: always(() => openFile(app)),
    new: always(() => newFile(app)),
    adopt: always(() => adoptServers(app)),
    save: { enabled: open, run: () => void saveAll(app) },
    'save-as': { enabled: open, run: () => void saveAll(app, saveAs) },
    undo: { enabled: !app.locked && app.document.canUndo, run: () => app.undo() },
    redo: { enabled: !app.locked && app.document.canRedo, run: () => app.redo() },
    'add-server': { enabled: changeable, run: () => (app.dialog = { kind: 'server', id: null }) },
    'edit-server': {
      enabled: changeable && selected.length === 1 && selected.every((id) => isDrawn(app, id)),
      run: () => (app.dialog = { kind: 'server', id: selected[0] ?? null }),
    },
    pair: {
      enabled: changeable && (app.document.fleet?.servers.length ?? 0) > 1,
      run: () => startPairing(app, selected[0] ?? null, selected[1] ?? null),
    },
    delete: {
      enabled: changeable && (selected.some((id) => isDrawn(app, id)) || app.link !== null),
      run: () => removeSelected(app),
    },
    name: { enabled: changeable, run: () => (app.dialog = { kind: 'name' }) },
    'edit-text': {
      enabled: open && !app.locked,
      run: () => (app.dialog = { kind: 'text', line: null }),
    },
    trust: { enabled: open && !app.document.trusted, run: () => void reviewTrust(app) },
    check: { enabled: readable && !app.deploy.active, run: () => app.lookAgain(true, true) },
    logins: { enabled: readable && !app.deploy.active, run: () => app.lookAtLogins() },
    review: {
      enabled: readable && !app.deploy.active,
      run: () => openReview(app),
    },
    start: service(app, 'start'),
    restart: service(app, 'restart'),
    'show-deploy': { enabled: app.deploy.run !== null, run: () => (app.dialog = { kind: 'deploy' }) },
    'zoom-in': { enabled: onCanvas, run: () => canvas?.zoomIn() },
    'zoom-out': { enabled: onCanvas, run: () => canvas?.zoomOut() },
    'zoom-fit': { enabled: onCanvas, run: () => canvas?.fit() },
    compare: {
      enabled: readable && !app.deploy.active && !app.comparing.running,
      run: () => void app.comparing.run(app.document.question()),
    },
    behind: {
      enabled: readable && !app.deploy.active,
      run: () => (app.dialog = { kind: 'behind' }),
    },
    answers: {
      enabled: readable && !app.deploy.active,
      run: () => (app.dialog = { kind: 'answers' }),
    },
    'picture-svg': { enabled: filled, run: () => void picture(app, 'svg') },
    'picture-png': { enabled: filled, run: () => void picture(app, 'png') },
    'toggle-theme': {
      ...always(() => void app.settings.toggleTheme()),
      title: app.settings.dark ? 'Use the light theme' : 'Use the dark theme',
    },
    'system-theme': {
      enabled: app.settings.theme !== 'system',
      run: () => void app.settings.setTheme('system'),
    },
    'toggle-read-only': {
      enabled: !app.deploy.active,
      title: app.settings.readOnly ? 'Turn read-only mode off' : 'Turn read-only mode on',
      run: () => void app.settings.setReadOnly(!app.settings.readOnly),
    },
    'fold-fleet': { enabled: open, run: () => app.panels.toggle('fleet') },
    'fold-inspector': { enabled: open, run: () => app.panels.toggle('inspector') },
    'fold-details': { enabled: open, run: () => app.panels.toggle('details') },
    'next-pane': { enabled: open, run: () => goToPane(1) },
    'previous-pane': { enabled: open, run: () => goToPane(-1) },
    keys: always(() => (app.dialog = { kind: 'keys' })),
    diagnose: always(() => void saveDiagnostics(app, false)),
    'diagnose-without-addresses': always(() => void saveDiagnostics(app, true)),
    close: always(() => afterSaving(app, (leave) => void closeWindow(app, leave))),
  };
}

/** What draws it comes with the canvas: it is not in what a start loads. */
async function picture(app: App, kind: 'svg' | 'png'): Promise<void> {
  const { savePicture } = await import('../topology/save-picture');
  await savePicture(app, kind);
}

/** Reviews a start or restart of the one server that is selected; a start of one that does not run, a restart of one that does. */
function service(app: App, kind: 'start' | 'restart'): Action {
  const [id, ...more] = app.selection.servers;
  const isOne = id !== undefined && more.length === 0 && isDrawn(app, id);
  const remedy = isOne ? serviceRemedy(id, app.viewServer(id).state) : null;
  return {
    enabled: !app.locked && remedy?.kind === kind,
    run: () => {
      if (remedy) openReview(app, jobOf(remedy));
    },
  };
}

/** Shows a view: a tab of the lower panel, or what takes the canvas's place. */
function showing(app: App, id: ViewId): Action {
  const { open, fleet } = app.document;
  if (isViewAt(id, 'stage')) return { enabled: open && fleet !== null, run: () => (app.stage = id) };
  if (isViewAt(id, 'panel')) return { enabled: open, run: () => app.showTab(id) };
  return id satisfies never;
}

/** A key that is a letter or a sign by itself: in a text field it is the text's. */
const isTyped = (keys: string): boolean => keys.length === 1;

/** The command of a key event; null: none takes it. @param typing a text field has the focus. */
export function commandOfKey(
  commands: readonly Command[],
  event: Parameters<typeof isKey>[0],
  typing: boolean,
): Command | null {
  return (
    commands.find((command) =>
      keysFor(command).some(
        (keys) => isKey(event, keys) && !(typing && (command.notWhileTyping === true || isTyped(keys))),
      ),
    ) ?? null
  );
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
    // Where a sign lies on a keyboard, and whether it needs Shift, differs from country to country.
    (event.shiftKey === shift || /^[=?/]$/.test(key))
  );
}
