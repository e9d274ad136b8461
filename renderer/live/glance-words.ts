import type { FleetGlance } from '../../shared/history/history';
import type { Health } from '../../shared/kanidmd/health';
import { ago, count } from '../base/words';
import { healthWords, type Tone, toneOf, worstOf } from './pull-view';

/** A fleet of the first page, as its last watch left it. */
export interface GlanceWords {
  /** Never that of health now: what was well then is quiet. */
  readonly tone: Tone;
  /** `1 pull broken, 1 server not running` */
  readonly state: string;
  /** `as of 3 h ago` */
  readonly age: string;
}

/** A watch that is dated after now was dated by a clock that was wrong. Milliseconds. */
const AHEAD = 60_000;

/** Says the worst of a fleet's last watch, and how old that is. @param now milliseconds since the epoch */
export function glanceWords(glance: FleetGlance, now: number): GlanceWords {
  const worst = worstHealth(glance);
  const tone = worst === null ? 'quiet' : toneOf(worst);
  const down = glance.down > 0 ? [`${count(glance.down, 'server')} not running`] : [];
  const { logins = 0 } = glance;
  const broken = logins > 0 ? ['logins broken'] : [];
  const pulls =
    worst === null
      ? ['no pull was watched']
      : [
          `${count(glance.pulls[worst] ?? 0, 'pull')} ${worst === 'replicating' ? 'replicated' : healthWords(worst)}`,
        ];
  return {
    tone: logins > 0 ? 'bad' : glance.down > 0 && tone !== 'bad' ? 'warn' : tone === 'good' ? 'quiet' : tone,
    state: [...pulls, ...broken, ...down].join(', '),
    age: glance.at - now > AHEAD ? 'as of a time that is not known' : `as of ${ago(glance.at, now)}`,
  };
}

function worstHealth({ pulls }: FleetGlance): Health | null {
  const views = (Object.keys(pulls) as Health[]).map((health) => ({
    ...{ consumer: '', supplier: '', removed: false, cause: '', fix: '', lastSuccess: null },
    health,
  }));
  const worst = worstOf(views)?.health ?? null;
  return worst === 'new' ? null : worst;
}
