import type { Moment } from '../../shared/base/moment';
import type { PullLogins, ServerServes, ServesReport } from '../../shared/serves/serves';
import { countBroken, servesWords } from '../../shared/serves/serves-words';
import { isFresh, type Sight, type Tone } from './pull-view';

/** What may be said now of a server's HTTPS, or of the logins of a pull. */
export interface ServesView {
  readonly tone: Tone;
  /** `serves`, `good`, `broken`, `unknown`, `not known now`, `not looked at yet`. */
  readonly words: string;
  readonly cause: string;
  readonly fix: string;
  /** When it was looked at, milliseconds since the epoch; null: nobody looked. */
  readonly at: number | null;
}

/** Of a server. */
export const viewServes = (id: string, sight: Sight, now: Moment): ServesView =>
  viewOf((report) => report?.servers.find(({ server }) => server === id), sight, now);

/** Of the pull of a consumer from a supplier. */
export const viewLogins = (
  pull: { readonly consumer: string; readonly supplier: string },
  sight: Sight,
  now: Moment,
): ServesView =>
  viewOf(
    (report) =>
      report?.logins.find(
        ({ consumer, supplier }) => consumer === pull.consumer && supplier === pull.supplier,
      ),
    sight,
    now,
  );

/** What is broken in what may be believed now; rounds have no say in it. */
export function brokenLogins(sight: Sight, now: Moment): number {
  const report = believed(sight, now);
  return report === null ? 0 : countBroken(report);
}

function viewOf(
  find: (report: ServesReport | null) => ServerServes | PullLogins | undefined,
  sight: Sight,
  now: Moment,
): ServesView {
  const said = find(believed(sight, now));
  const before = find(sight.looked ?? null);
  const isHeard = sight.live && isFresh(sight, now);
  const notNow = isHeard ? NOT_SINCE : 'No word from the servers now.';
  if (
    said !== undefined &&
    (said.state !== 'unknown' || before === undefined || before.state === 'unknown')
  ) {
    const { state, cause, fix, at } = said;
    return { tone: loginTones[state], words: servesWords[state], cause, fix, at: Date.parse(at) };
  }
  if (before === undefined) {
    const cause = isHeard ? '' : notNow;
    return { tone: 'quiet', words: 'not looked at yet', cause, fix: '', at: null };
  }
  // A look that was made is told of, and why nothing is claimed by it now.
  const cause = `At the last look: ${servesWords[before.state]}. ${said?.cause ?? notNow}`;
  return { tone: 'quiet', words: 'not known now', cause, fix: '', at: Date.parse(before.at) };
}

const NOT_SINCE = 'Not looked at again since the servers were read.';

const believed = (sight: Sight, now: Moment): ServesReport | null =>
  sight.live && isFresh(sight, now) ? (sight.report?.serves ?? null) : null;

/** How a state of HTTPS and logins is drawn. */
export const loginTones: Readonly<Record<keyof typeof servesWords, Tone>> = {
  serves: 'good',
  good: 'good',
  broken: 'bad',
  unknown: 'quiet',
};
