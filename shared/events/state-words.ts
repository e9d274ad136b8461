import { count } from '../base/sentences';
import type { Health } from '../kanidmd/health';
import { countedHealth, gravity } from '../kanidmd/health-words';
import type { StatusReport } from '../observed/status';
import { isOlderCopy } from '../ruv/judge-ruv';
import { countBroken } from '../serves/serves-words';

/** What pulls are that do not replicate, in words. `waiting` is no news: a round is due. */
const WORDS: Readonly<Record<Health, string | null>> = {
  ...countedHealth,
  unknown: 'not known',
  replicating: null,
};

/**
 * The worst that is known of a fleet, in a few words. That all is well is said only of a fleet all of whose servers answered.
 * @param report null: nothing may be believed now
 * @param asked the servers of the fleet, by their ids: first reports hold only those that answered
 */
export function stateWords(report: StatusReport | null, asked: readonly string[]): string {
  if (report === null) return 'nothing is known now';
  const { servers, pulls, serves, ruv, problems } = report;
  const heard = new Set(servers.map(({ id }) => id));
  const answered = asked.filter((id) => heard.has(id)).length;
  const of = (state: string): number => servers.filter((it) => it.state === state).length;
  const parts = [
    ...counted(of('stopped'), 'server', 'stopped'),
    ...counted(of('unreachable'), 'server', 'out of reach'),
    ...counted(ruv?.servers.filter(isOlderCopy).length ?? 0, 'server', 'restored to an older copy'),
    ...gravity
      .flatMap((health) => {
        const words = WORDS[health];
        return words === null
          ? []
          : counted(pulls.filter((it) => it.health === health).length, 'pull', words);
      })
      .slice(0, 1),
    ...(serves !== undefined && countBroken(serves) > 0 ? ['logins broken'] : []),
    ...counted(problems.filter((it) => it.severity === 'error').length, 'error'),
    ...(answered < asked.length ? [`${answered} of ${asked.length} servers answered`] : []),
  ];
  if (parts.length > 0) return parts.join(', ');
  return pulls.length === 0 ? 'no pulls' : 'all pulls replicate';
}

const counted = (n: number, what: string, state = ''): readonly string[] =>
  n === 0 ? [] : [`${count(n, what)} ${state}`.trimEnd()];
