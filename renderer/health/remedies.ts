import type { Remedy } from '../../shared/base/remedy';
import type { Job } from '../../shared/plan/model/job';

/** What stands on the button of a remedy; every one opens a review. */
export function remedyLabel(remedy: Remedy): string {
  switch (remedy.kind) {
    case 'start':
      return `Start ${remedy.server}…`;
    case 'restart':
      return `Restart ${remedy.server}…`;
    case 'renew':
      return `Renew its certificate…`;
    case 'refresh':
      return `Refresh ${remedy.server}…`;
    case 'repin':
      return 'Re-pin…';
    case 'deploy':
      return 'Review & deploy…';
  }
}

/** What is reviewed. A plan of what the fleet file says pins the certificates that are shown now, so re-pinning is that. */
export function jobOf(remedy: Remedy): Job {
  switch (remedy.kind) {
    case 'start':
    case 'restart':
    case 'renew':
      return { kind: remedy.kind, server: remedy.server };
    case 'refresh':
      return { kind: 'refresh', servers: [remedy.server] };
    case 'repin':
    case 'deploy':
      return { kind: 'apply' };
  }
}

/** What kanidmd of a server can be told, by its state as it is shown; null: whether it runs is not known. */
export function serviceRemedy(server: string, state: string): Remedy | null {
  if (state === 'running') return { kind: 'restart', server };
  return state === 'stopped' ? { kind: 'start', server } : null;
}

/** Whether it is a deploy of what the fleet file says. */
export const deploys = (remedy: Remedy | null): boolean =>
  remedy?.kind === 'deploy' || remedy?.kind === 'repin';
