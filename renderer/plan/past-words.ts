import type { HistoryDeploy } from '../../shared/plan/history';
import type { Tone } from '../health/pull-view';

/** How a past deploy stands, for a person: its journal's word, nothing more. */
export function pastWords(
  deploy: HistoryDeploy,
  ofThisFleetOpen: boolean,
): { readonly tone: Tone; readonly title: string } {
  const what = {
    apply: 'Deploy',
    resume: 'Resume',
    rollback: 'Roll back',
    renew: 'Renewal',
    refresh: 'Refresh',
    'put-back': 'Earlier file put back',
  }[deploy.purpose];
  if (deploy.state === 'running') return { tone: 'new', title: `${what}: running` };
  if (deploy.state === 'interrupted') {
    if (deploy.settledBy !== null) return { tone: 'quiet', title: `${what}: interrupted, settled since` };
    return { tone: ofThisFleetOpen ? 'bad' : 'warn', title: `${what}: interrupted` };
  }
  const tone: Tone = deploy.outcome === 'done' || deploy.outcome === 'unchanged' ? 'good' : 'warn';
  return { tone, title: `${what}: ${deploy.outcome ?? 'ended'}` };
}
