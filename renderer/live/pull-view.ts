import type { Proof } from '../../shared/kanidmd/proof';
import type { Remedy } from '../../shared/base/remedy';
import type { LayerPull } from '../../shared/fleet/difference/difference';
import type { Health, PullHealth } from '../../shared/kanidmd/health';
import { gravity, healthWords as inWords } from '../../shared/kanidmd/health-words';
import { BELIEVED_FOR } from '../../shared/observed/believed';
import { parseOrigin } from '../../shared/base/origin';
import { elapsed, jumped, type Moment } from '../../shared/base/moment';
import type { StatusReport } from '../../shared/observed/status';
import type { ServesReport } from '../../shared/serves/serves';

/** How sure and how well: the colour, icon and words follow from it. */
export type Tone = 'good' | 'warn' | 'bad' | 'new' | 'quiet';

/** A pull as the window may show it now. */
export interface PullView {
  readonly consumer: string;
  readonly supplier: string;
  readonly health: Health | 'new';
  /** It runs and is not drawn: a deploy takes it out. */
  readonly removed: boolean;
  readonly cause: string;
  readonly fix: string;
  /** What a button can do about it; absent: nothing certain. */
  readonly remedy?: Remedy;
  /** The lines that prove it; absent: none do. */
  readonly proof?: readonly Proof[];
  /** Milliseconds since the epoch; null: none seen. */
  readonly lastSuccess: number | null;
}

/** The newest report and whether it may still be believed. */
export interface Sight {
  readonly report: StatusReport | null;
  /** What was found of HTTPS and logins at the newest look at each, however old; absent, null: nobody looked. */
  readonly looked?: ServesReport | null;
  /** When it came; null: never. */
  readonly at: Moment | null;
  /** The stream is open. False: whatever it said is history. */
  readonly live: boolean;
  /** Why it is not; empty while it is. */
  readonly lostBecause: string;
  /** What the person has to do about it; absent: it is tried again without them. */
  readonly fix?: string;
}

/**
 * What may be said of a pull now. Anything but a fresh report from a live stream is `unknown`: green is never left over.
 * What is drawn and has no table on its consumer is `new`, as long as nothing proves that it runs all the same.
 */
export function viewPull(pull: LayerPull, sight: Sight, now: Moment): PullView {
  const { consumer, supplier } = pull;
  const known = knownOf(pull, sight.report);
  const lastSuccess = known?.lastSuccess ? Date.parse(known.lastSuccess) : null;
  const is = (health: PullView['health'], cause: string, fix: string): PullView => ({
    ...{ consumer, supplier, health, cause, fix, lastSuccess },
    removed: !pull.drawn,
  });
  if (pull.runs === false && !(known && isProved(known, sight.report)))
    return {
      ...is('new', 'This pull is drawn, not deployed.', 'Review and deploy the changes.'),
      remedy: { kind: 'deploy' },
    };
  if (!sight.live)
    return is(
      'unknown',
      sight.lostBecause || (sight.report === null ? NOT_YET : AGAIN),
      sight.fix ?? (sight.lostBecause ? 'The window asks for them again.' : ''),
    );
  if (!isFresh(sight, now))
    return is('unknown', 'No word from the servers for a while.', 'Kanilink keeps listening.');
  if (!known) return is('unknown', notAnswered(pull, sight.report), '');
  const view = is(known.health, known.cause, known.fix);
  const { remedy, proof } = known;
  return { ...view, ...(remedy === undefined ? {} : { remedy }), ...(proof === undefined ? {} : { proof }) };
}

const NOT_YET = 'The servers have not been read yet.';
const AGAIN = 'The servers are being read again.';

/** What the report says of a pull: what was in the drawing then and is not any more, or the other way round, still runs. */
const knownOf = ({ consumer, supplier }: LayerPull, report: StatusReport | null): PullHealth | undefined =>
  [...(report?.pulls ?? []), ...(report?.undrawn ?? [])].find(
    (one) => one.consumer === consumer && one.supplier === supplier,
  );

/** Rounds or trouble of it were seen: a process may run with a file it no longer has. One that is down proves nothing. */
function isProved(known: PullHealth, report: StatusReport | null): boolean {
  if (known.lastSuccess !== null || known.health === 'needs-refresh') return true;
  const down = report?.servers.some(
    ({ id, state }) => state !== 'running' && (id === known.consumer || id === known.supplier),
  );
  return known.health === 'broken' && down !== true;
}

function notAnswered({ consumer, supplier }: LayerPull, report: StatusReport | null): string {
  const stranger = [consumer, supplier].find((id) => parseOrigin(id) !== null);
  if (stranger !== undefined) return `Not known: ${stranger} is not in the fleet file, so nobody asks it.`;
  const awaited = [consumer, supplier].filter((id) => report?.servers.every((server) => server.id !== id));
  return awaited.length === 0
    ? 'It is looked for in the servers’ logs.'
    : `Not known: ${awaited.join(' and ')} ${awaited.length === 1 ? 'has' : 'have'} not answered yet.`;
}

/** Is the newest report young enough to be believed? Not when a clock was set, or the computer slept, since it came. */
export const isFresh = ({ at }: Sight, now: Moment): boolean =>
  at !== null && elapsed(at, now) <= BELIEVED_FOR && !jumped(at, now);

/** The colour and icon of a health. */
export function toneOf(health: PullView['health']): Tone {
  switch (health) {
    case 'replicating':
      return 'good';
    case 'waiting':
    case 'unknown':
      return 'quiet';
    case 'paused':
    case 'needs-refresh':
      return 'warn';
    case 'broken':
      return 'bad';
    case 'new':
      return 'new';
  }
}

const words: Record<PullView['health'], string> = {
  ...inWords,
  waiting: 'waiting for a round',
  new: 'new · not deployed',
};

/** A health in words. */
export const healthWords = (health: PullView['health']): string => words[health];

/** What is new has to be deployed: it comes after what runs and is not well. */
const rank = (health: PullView['health']): number =>
  health === 'new' ? gravity.indexOf('unknown') - 0.5 : gravity.indexOf(health);

/** The pull that most needs attention; null of none. */
export function worstOf(pulls: readonly PullView[]): PullView | null {
  const ranked = [...pulls].sort((a, b) => rank(a.health) - rank(b.health));
  return ranked[0] ?? null;
}
