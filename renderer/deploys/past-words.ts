import type { HistoryDeploy, UnreadDeploy } from '../../shared/plan/model/history';
import { count, list } from '../base/words';
import type { Tone } from '../live/pull-view';

/** How a past deploy stands, for a person: its journal's word, nothing more. */
export function pastWords(
  deploy: HistoryDeploy,
  ofThisFleetOpen: boolean,
): { readonly tone: Tone; readonly title: string } {
  const purpose = {
    apply: 'Deploy',
    resume: 'Resume',
    rollback: 'Roll back',
    renew: 'Renewal',
    refresh: 'Refresh',
    start: 'Start',
    restart: 'Restart',
    'put-back': 'Earlier file put back',
  }[deploy.purpose];
  const what = `${purpose}${onWhat(deploy)}`;
  if (deploy.state === 'running') return { tone: 'new', title: `${what}: running` };
  if (deploy.state === 'interrupted') {
    if (deploy.settledBy !== null) return { tone: 'quiet', title: `${what}: interrupted, settled since` };
    return { tone: ofThisFleetOpen ? 'bad' : 'warn', title: `${what}: interrupted` };
  }
  const tone: Tone = deploy.outcome === 'done' || deploy.outcome === 'unchanged' ? 'good' : 'warn';
  return { tone, title: `${what}: ${deploy.outcome ?? 'ended'}` };
}

/** ` of idm-a and idm-b (erased idm-b)`: whom it concerned, and whose database was replaced. */
function onWhat({ steps }: HistoryDeploy): string {
  const servers = [...new Set(steps.map(({ server }) => server))];
  const of =
    servers.length === 0
      ? ''
      : ` of ${servers.length <= MOST_NAMED ? list(servers) : count(servers.length, 'server')}`;
  const erased = steps.filter(({ action, state }) => action === 'refresh' && state === 'done');
  return erased.length === 0
    ? of
    : `${of} (erased ${list([...new Set(erased.map(({ server }) => server))])})`;
}

/** So many servers are named in a title; of more it says how many. */
const MOST_NAMED = 3;

/** A deploy whose journal cannot be read, as far as it can be told: who, when, and how it ended. */
export function unreadWords({ folder, at, who, host, outcome, over }: UnreadDeploy): string {
  const begun = at === null ? '' : ` ${who ?? 'Somebody'} began it on ${host ?? 'some machine'} at ${at}.`;
  const end = over
    ? outcome === null
      ? 'It is over.'
      : `It ended: ${outcome}.`
    : 'It may be interrupted: finish or undo it with the Kanilink that wrote it.';
  return `The journal in ${folder} cannot be read.${begun} ${end}`;
}

/** What the button does that puts a file back: `Put back idm-a’s earlier server.toml…`. */
export function putBackLabel(
  { files }: Pick<HistoryDeploy, 'files'>,
  file: HistoryDeploy['files'][number],
): string {
  const several = files.filter((it) => it.when === 'before' && it.server === file.server).length > 1;
  return `Put back ${file.server}’s earlier server.toml${several ? `, as before step ${file.step}` : ''}…`;
}
