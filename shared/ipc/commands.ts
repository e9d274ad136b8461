/**
 * The words and keys of everything the window can be told to do. The app's menu and the window's keys, palette and list
 * of keys are made from these tables, so a menu item that the window does not know does not compile.
 */

/** A command's words. */
export interface CommandWords {
  /** As menu and palette show it; `…` where a dialog follows. */
  readonly title: string;
  /** As `mod+shift+z`; `mod` is Ctrl, on a Mac Cmd. Several: the first is written beside it. */
  readonly keys?: string | readonly string[];
  /** The key is the text's while a text field has the focus. */
  readonly notWhileTyping?: true;
}

/** A view's words: its tab, and the command that shows it. */
export interface ViewWords extends CommandWords {
  /** On its tab or button. */
  readonly tab: string;
  /** Where it is drawn: instead of the canvas, or as a tab of the lower panel. */
  readonly place: 'stage' | 'panel';
}

/** The views, in the order of their tabs. What draws each: `renderer/views/views.ts`. */
export const viewWords = {
  canvas: { title: 'Show the canvas', tab: 'Canvas', place: 'stage' },
  table: { title: 'Show links as a table', tab: 'Table', place: 'stage' },
  problems: { title: 'Show problems', tab: 'Problems', place: 'panel', keys: 'mod+1' },
  plan: { title: 'Show the plan', tab: 'Plan', place: 'panel', keys: 'mod+2' },
  logs: { title: 'Show logs', tab: 'Logs', place: 'panel', keys: 'mod+3' },
  certificates: { title: 'Show certificates', tab: 'Certificates', place: 'panel', keys: 'mod+4' },
  history: { title: 'Show past deploys', tab: 'History', place: 'panel', keys: 'mod+5' },
} as const satisfies Readonly<Record<string, ViewWords>>;

/** The commands beside the views, in the palette's order. What each does: `renderer/commands/commands.ts`. */
export const commandWords = {
  palette: { title: 'Find a command…', keys: 'mod+k' },
  practice: { title: 'Try the practice fleet' },
  open: { title: 'Open a fleet…', keys: 'mod+o' },
  new: { title: 'New fleet', keys: 'mod+n' },
  adopt: { title: 'Adopt running servers…' },
  save: { title: 'Save', keys: 'mod+s' },
  'save-as': { title: 'Save as…', keys: 'mod+shift+s' },
  undo: { title: 'Undo', keys: 'mod+z', notWhileTyping: true },
  redo: { title: 'Redo', keys: ['mod+shift+z', 'mod+y'], notWhileTyping: true },
  'add-server': { title: 'Add a server…', keys: 'mod+shift+a' },
  'edit-server': { title: 'Edit the selected server…' },
  pair: { title: 'Pair servers…', keys: 'p', notWhileTyping: true },
  delete: { title: 'Remove what is selected', keys: 'delete', notWhileTyping: true },
  name: { title: 'Name the fleet…' },
  'edit-text': { title: 'Edit the fleet file as text…' },
  trust: { title: 'Review and trust this fleet file…' },
  check: { title: 'Check the servers now', keys: 'f5' },
  logins: { title: 'Look at HTTPS and logins now' },
  review: { title: 'Review & deploy…', keys: 'mod+enter' },
  start: { title: 'Start the selected server…' },
  restart: { title: 'Restart the selected server…' },
  'show-deploy': { title: 'Show the deploy' },
  'zoom-in': { title: 'Zoom in', keys: 'mod+=' },
  'zoom-out': { title: 'Zoom out', keys: 'mod+-' },
  'zoom-fit': { title: 'Fit the canvas', keys: 'mod+0' },
  compare: { title: 'Compare the data of linked servers' },
  behind: { title: 'Ask how far behind the servers are…' },
  answers: { title: 'Ask who answers the public origin…' },
  'picture-svg': { title: 'Save a picture of the topology (SVG)…' },
  'picture-png': { title: 'Save a picture of the topology (PNG)…' },
  'toggle-theme': { title: 'Switch between the light and the dark theme' },
  'system-theme': { title: 'Use the system’s theme' },
  'toggle-read-only': { title: 'Turn read-only mode on or off' },
  'fold-fleet': { title: 'Show or hide the server list', keys: 'mod+b' },
  'fold-inspector': { title: 'Show or hide the inspector', keys: 'mod+i' },
  'fold-details': { title: 'Show or hide the lower panel', keys: 'mod+j' },
  'next-pane': { title: 'Go to the next part of the window', keys: 'f6' },
  'previous-pane': { title: 'Go to the previous part of the window', keys: 'shift+f6' },
  keys: { title: 'Keyboard shortcuts', keys: ['f1', 'mod+/', '?'] },
  diagnose: { title: 'Save diagnostics…' },
  'diagnose-without-addresses': { title: 'Save diagnostics without addresses…' },
  close: { title: 'Close the window' },
} as const satisfies Readonly<Record<string, CommandWords>>;

/** Keys of one place in the window, for the list of keys: each place's own control takes them. */
export const placeKeys = [
  {
    place: 'On a server or a link',
    keys: [
      { keys: ['enter'], does: 'Select it alone' },
      { keys: ['space', 'mod+space', 'shift+enter'], does: 'Add a server to the selection, or take it out' },
      { keys: ['arrow keys'], does: 'Move a selected server on the canvas; with Shift, further' },
      { keys: ['escape'], does: 'Select nothing' },
    ],
  },
  {
    place: 'In the log',
    keys: [
      { keys: ['up', 'down', 'home', 'end'], does: 'Go to another line' },
      { keys: ['right', 'left', 'enter'], does: 'Show what lies behind a line, or hide it' },
      { keys: ['mod+c'], does: 'Copy the line, or what is marked' },
    ],
  },
  {
    place: 'Elsewhere',
    keys: [
      { keys: ['arrow keys'], does: 'Go to another tab; move the edge of a panel' },
      { keys: ['enter'], does: 'After a name that is to be erased: go on to the next one, then to Deploy' },
      { keys: ['escape'], does: 'Close a dialog' },
    ],
  },
] as const satisfies readonly {
  readonly place: string;
  readonly keys: readonly { readonly keys: readonly string[]; readonly does: string }[];
}[];

export type ViewId = keyof typeof viewWords;
/** The views of one place: `ViewAt<'panel'>`. */
export type ViewAt<P extends ViewWords['place']> = {
  [V in ViewId]: (typeof viewWords)[V]['place'] extends P ? V : never;
}[ViewId];
/** A command that shows no view. */
export type ActionId = keyof typeof commandWords;
export type CommandId = ActionId | ViewId;

const words: Readonly<Record<CommandId, CommandWords>> = { ...commandWords, ...viewWords };

/** The words of a command, of a view or not. */
export const wordsOf = (id: CommandId): CommandWords => words[id];

/** All keys of a command, the one that is written beside it first. */
export const keysFor = ({ keys }: CommandWords): readonly string[] =>
  keys === undefined ? [] : typeof keys === 'string' ? [keys] : keys;

/** Whether text names a command. */
export const isCommand = (text: unknown): text is CommandId =>
  typeof text === 'string' && Object.hasOwn(words, text);

/** Whether a command shows a view. */
export const isView = (id: CommandId): id is ViewId => Object.hasOwn(viewWords, id);

/** Whether a command shows a view of this place. */
export const isViewAt = <P extends ViewWords['place']>(id: CommandId, place: P): id is ViewAt<P> =>
  isView(id) && viewWords[id].place === place;

export const commandIds: readonly CommandId[] = Object.keys(words).filter(isCommand);
export const viewIds: readonly ViewId[] = commandIds.filter(isView);
