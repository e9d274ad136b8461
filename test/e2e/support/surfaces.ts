import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ViewId } from '../../../shared/ipc/commands';

/** The end-to-end tests that look at what the window shows, in every state they bring it into. */
export type Story =
  | 'main job'
  | 'fleet file'
  | 'engine asks'
  | 'interrupted'
  | 'not trusted'
  | 'trust changed'
  | 'server taken out'
  | 'who answers'
  | 'adopted'
  | 'evidence'
  | 'collisions'
  | 'older lines'
  | 'a failed part'
  | 'a lock'
  | 'bad ends'
  | 'what happened'
  | 'ordinary day';

/** What a person has before them: by which test it is looked at, and what is on the page then. */
export interface Surface {
  readonly by: Story;
  readonly at: string;
  /** The view that it is, or a part of. */
  readonly view?: ViewId;
}

const byId = (by: Story, id: string): Surface => ({ by, at: `[data-testid="${id}"]` });
const tab = (view: ViewId): Surface => ({
  by: 'main job',
  at: `[role="tab"][aria-selected="true"][data-value="${view}"]`,
  view,
});

/** Every view, dialog and bar of the window by the component that draws it. `surfaces.test.ts` holds it to the components. */
export const surfaces = {
  AdoptDialog: byId('fleet file', 'adopt-dialog'),
  AdoptFound: { by: 'adopted', at: '[aria-labelledby="adopt-servers"]' },
  AnswersDialog: byId('who answers', 'answers-dialog'),
  BehindDialog: byId('who answers', 'behind-dialog'),
  AtMoment: byId('what happened', 'at-moment'),
  BareEngineDialog: byId('engine asks', 'bare-engine-dialog'),
  BoundDialog: byId('ordinary day', 'bound-dialog'),
  BottomPanel: { by: 'main job', at: '.bottom-tabs' },
  Canvas: { ...byId('main job', 'canvas'), view: 'canvas' },
  CertificatesTab: tab('certificates'),
  CrashScreen: byId('engine asks', 'crash'),
  DeployDialog: byId('main job', 'deploy-dialog'),
  DiskBar: byId('fleet file', 'disk-bar'),
  DiskDialog: byId('fleet file', 'disk-dialog'),
  DraftBar: byId('fleet file', 'draft-bar'),
  DraftDialog: byId('fleet file', 'draft-dialog'),
  DropHint: byId('engine asks', 'drop-hint'),
  EvidencePanel: byId('evidence', 'evidence'),
  FaultBar: byId('fleet file', 'fault-bar'),
  FaultsDialog: byId('fleet file', 'faults-dialog'),
  HistoryColumns: byId('what happened', 'history-table'),
  HistoryTab: tab('history'),
  HostKeyDialog: byId('engine asks', 'host-key-dialog'),
  Inspector: { by: 'main job', at: 'aside[aria-label="Inspector"]' },
  InterruptedBar: byId('interrupted', 'interrupted'),
  KeysDialog: byId('main job', 'keys'),
  LeavingInspector: byId('server taken out', 'leaving-inspector'),
  LinkInspector: byId('main job', 'link-inspector'),
  LinkTable: { ...byId('main job', 'links-table'), view: 'table' },
  LogTools: { by: 'main job', at: '[role="toolbar"][aria-label="Log"]', view: 'logs' },
  LogsTab: tab('logs'),
  NameDialog: byId('fleet file', 'name-dialog'),
  PairDialog: byId('main job', 'pair-dialog'),
  Palette: byId('main job', 'palette'),
  PlanTab: tab('plan'),
  ProblemsTab: tab('problems'),
  RemoveDialog: byId('fleet file', 'remove-dialog'),
  ReviewDialog: byId('main job', 'review-dialog'),
  SecretDialog: byId('engine asks', 'secret-dialog'),
  ServerDialog: byId('main job', 'server-dialog'),
  ServerTable: { ...byId('main job', 'servers-table'), view: 'table' },
  Table: { by: 'main job', at: '.tables', view: 'table' },
  ServerInspector: byId('main job', 'server-inspector'),
  TextDialog: byId('fleet file', 'text-dialog'),
  TopBar: { by: 'main job', at: 'header[data-pane="top"]' },
  TrustBar: byId('not trusted', 'untrusted'),
  UnsavedDialog: byId('fleet file', 'unsaved-dialog'),
  Welcome: byId('main job', 'welcome-practice'),
} as const satisfies Readonly<Record<string, Surface>>;

export type SurfaceName = keyof typeof surfaces;

/** How a surface is at times, where that is looked at too: by which test. */
export const states: readonly { readonly by: Story; readonly of: SurfaceName; readonly state: string }[] = [
  { by: 'main job', of: 'DeployDialog', state: 'running' },
  { by: 'main job', of: 'DeployDialog', state: 'done' },
  { by: 'bad ends', of: 'ReviewDialog', state: 'blocked' },
  { by: 'bad ends', of: 'DeployDialog', state: 'failed' },
  { by: 'bad ends', of: 'DeployDialog', state: 'to be cancelled?' },
  { by: 'bad ends', of: 'DeployDialog', state: 'cancelling' },
  { by: 'bad ends', of: 'DeployDialog', state: 'cancelled' },
  { by: 'a lock', of: 'DeployDialog', state: 'refused, to be taken over?' },
  { by: 'collisions', of: 'DiskDialog', state: 'collisions' },
  { by: 'older lines', of: 'LogsTab', state: 'older lines' },
  { by: 'a failed part', of: 'CrashScreen', state: 'a part that failed' },
  { by: 'trust changed', of: 'TrustBar', state: 'changed while it is open' },
  { by: 'trust changed', of: 'ServerInspector', state: 'changed while it is open' },
  { by: 'what happened', of: 'AtMoment', state: 'a stop' },
  { by: 'what happened', of: 'AtMoment', state: 'not watched' },
  { by: 'ordinary day', of: 'Inspector', state: 'two servers' },
  { by: 'ordinary day', of: 'PairDialog', state: 'data read' },
  { by: 'ordinary day', of: 'LinkInspector', state: 'compared' },
  { by: 'ordinary day', of: 'HistoryTab', state: 'a deploy unfolded' },
  { by: 'ordinary day', of: 'LogsTab', state: 'a line unfolded' },
  { by: 'ordinary day', of: 'LogsTab', state: 'no line matches' },
  { by: 'ordinary day', of: 'BottomPanel', state: 'all folded' },
  { by: 'ordinary day', of: 'ProblemsTab', state: 'a server is stopped' },
  { by: 'ordinary day', of: 'ServerInspector', state: 'stopped' },
  { by: 'ordinary day', of: 'LinkInspector', state: 'broken' },
  { by: 'engine asks', of: 'ServerDialog', state: 'a notice' },
  { by: 'engine asks', of: 'Canvas', state: 'a notice' },
];

/** What a view is made of. */
export const surfacesOf = (view: ViewId): readonly SurfaceName[] =>
  (Object.keys(surfaces) as SurfaceName[]).filter((name) => {
    const surface: Surface = surfaces[name];
    return surface.view === view;
  });

/** Where dialogs and views are chosen from: what these draw is a dialog or a view, whatever it is called. */
const REGISTRIES = ['shell/Dialogs.svelte', 'views/views.ts'];
/** What is drawn beside them, by how it is called. */
const NAMED = /(Bar|Columns|Dialog|Found|Hint|Inspector|Moment|Panel|Screen|Tab|Table|Welcome)\.svelte$/;
/** Parts that surfaces are made of. */
const PARTS = 'ui';
/** What a registry draws each of them in. */
const FRAME = 'shell/Part.svelte';

/** The components of the window that are a surface, by their names. @param renderer the folder of the window's sources */
export function surfaceComponents(renderer: string): readonly string[] {
  const files = readdirSync(renderer, { recursive: true, encoding: 'utf8' });
  const named = files.filter((file) => NAMED.test(file) && !file.startsWith(`${PARTS}/`));
  const chosen = REGISTRIES.flatMap((file) =>
    [
      ...readFileSync(join(renderer, file), 'utf8').matchAll(
        /^\s*import \w+ from '\.{1,2}\/(.*\.svelte)';$/gm,
      ),
    ].map(([, component = '']) => join(dirname(file), component)),
  );
  return [
    ...new Set([...named, ...chosen.filter((it) => it !== FRAME)].map((file) => basename(file, '.svelte'))),
  ].sort();
}
