import type { Health } from '../../shared/kanidmd/health';
import type { StatusReport } from '../../shared/observed';

/** How sure and how well: the colour, icon and words follow from it. */
export type Tone = 'good' | 'warn' | 'bad' | 'new' | 'quiet';

/** A pull as the window may show it now. */
export interface PullView {
  readonly consumer: string;
  readonly supplier: string;
  readonly health: Health | 'new';
  readonly cause: string;
  readonly fix: string;
  /** Milliseconds since the epoch; null: none seen. */
  readonly lastSuccess: number | null;
}

/** The newest report and whether it may still be believed. */
export interface Sight {
  readonly report: StatusReport | null;
  /** When it came, milliseconds since the epoch, our clock. */
  readonly at: number;
  /** The stream is open. False: whatever it said is history. */
  readonly live: boolean;
  /** Why it is not; empty while it is. */
  readonly lostBecause: string;
}

/** A report older than this proves nothing any more, milliseconds: the engine repeats itself more often (`design.md`, "Health, honestly"). */
export const BELIEVED_FOR = 30_000;

/**
 * What may be said of a pull now. Anything but a fresh report from a live stream is `unknown`: green is never left over.
 * @param planned servers that the plan for the fleet as drawn still has to configure; a pull between them that never worked is `new`
 */
export function viewPull(
  pull: { readonly consumer: string; readonly supplier: string },
  sight: Sight,
  now: number,
  planned: ReadonlySet<string>,
): PullView {
  const { consumer, supplier } = pull;
  const known = sight.report?.pulls.find((one) => one.consumer === consumer && one.supplier === supplier);
  const lastSuccess = known?.lastSuccess ? Date.parse(known.lastSuccess) : null;
  const is = (health: PullView['health'], cause: string, fix: string): PullView => ({
    consumer,
    supplier,
    health,
    cause,
    fix,
    lastSuccess,
  });
  const touched = planned.has(consumer) || planned.has(supplier);
  const neverWorked = known === undefined || (lastSuccess === null && known.health !== 'broken');
  if (touched && neverWorked)
    return is('new', 'This pull is drawn, not deployed.', 'Review and deploy the changes.');
  if (!sight.live)
    return is(
      'unknown',
      sight.lostBecause || 'The servers are not watched.',
      'Kanilink tries again by itself.',
    );
  if (now - sight.at > BELIEVED_FOR)
    return is('unknown', 'Nothing was heard of the servers for a while.', 'Kanilink goes on listening.');
  if (!known) return is('unknown', 'The servers have not been read yet.', '');
  return is(known.health, known.cause, known.fix);
}

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
  replicating: 'replicating',
  waiting: 'waiting for a round',
  'needs-refresh': 'needs a refresh',
  broken: 'broken',
  paused: 'paused',
  unknown: 'unknown',
  new: 'new · not deployed',
};

/** A health in words. */
export const healthWords = (health: PullView['health']): string => words[health];

const gravity: readonly PullView['health'][] = [
  'broken',
  'needs-refresh',
  'paused',
  'new',
  'unknown',
  'waiting',
  'replicating',
];

/** The pull that most needs attention; null of none. */
export function worstOf(pulls: readonly PullView[]): PullView | null {
  const ranked = [...pulls].sort((a, b) => gravity.indexOf(a.health) - gravity.indexOf(b.health));
  return ranked[0] ?? null;
}
