import { z } from 'zod';
import { type Lookup, lookAt, thisBoot, thisSpace } from './process-table';
import { thisMachine } from './this-machine';

/**
 * What tells a process from every other one, ever: a number alone does not, for numbers are used again. Parts that could
 * not be learned are null.
 */
export const processMark = z.object({
  pid: z.number(),
  machine: z.string().nullable(),
  /** One run of the machine's kernel. */
  boot: z.string().nullable(),
  /** Where its number counts: containers count for themselves. */
  space: z.string().nullable(),
  /** When it started, in the system's own unit. */
  started: z.string().nullable(),
});
export type ProcessMark = z.output<typeof processMark>;

/** `unknown`: it runs, or ran, where this program cannot look. */
export type Life = 'alive' | 'dead' | 'unknown';

/** This very process. @param configDir where the machine's name is kept; null: it is left out. */
export async function ownMark(configDir: string | null): Promise<ProcessMark> {
  const [machine, boot, space, own] = await Promise.all([
    configDir === null ? null : thisMachine(configDir),
    thisBoot(),
    thisSpace(),
    lookAt(process.pid),
  ]);
  return { pid: process.pid, machine, boot, space, started: own?.started ?? null };
}

/**
 * Whether a process lives that left a mark. One that is being killed, and one that is dead and that nobody asked about yet,
 * is dead.
 * @param configDir null: after another boot nothing is known, for only the machine's name tells that it was this one.
 */
export async function lifeOf(mark: ProcessMark, configDir: string | null): Promise<Life> {
  const here = await ownMark(configDir);
  const sameBoot = mark.boot !== null && mark.boot === here.boot;
  if (!sameBoot && (mark.machine === null || mark.machine !== here.machine)) return 'unknown';
  if (mark.boot !== here.boot) return mark.boot === null || here.boot === null ? 'unknown' : 'dead';
  if (mark.space !== here.space) return 'unknown';
  const now = await lookAt(mark.pid);
  if (now === null) return 'dead';
  if (now.started === null || mark.started === null) return 'unknown';
  return now.started === mark.started ? 'alive' : 'dead';
}

/**
 * The same of a process of which only its number was written down, as older journals did.
 * @param sameHost whether it ran on a machine of this one's name.
 * @param at when it wrote that down, milliseconds since the epoch: a process that started later is another one.
 */
export async function lifeOfNumber(pid: number, sameHost: boolean, at: number): Promise<Life> {
  if (!sameHost) return 'unknown';
  const now: Lookup | null = await lookAt(pid);
  if (now === null) return 'dead';
  return now.startedAt !== null && now.startedAt > at + CLOCK_STEPS ? 'dead' : 'unknown';
}

/** Start times are told in whole seconds on some systems, and clocks are set. Milliseconds. */
const CLOCK_STEPS = 5_000;
