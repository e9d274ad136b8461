import { z } from 'zod';
import { ids } from '../../../../shared/base/ids';
import { problem } from '../../../../shared/base/problem';
import { deployOutcome } from '../../../../shared/plan/model/deploy';
import { jobKind } from '../../../../shared/plan/model/job';
import { step } from '../../../../shared/plan/steps/step';
import { processMark } from '../../storage/process-mark';

/**
 * The format that is written. Journals of an older one are read by way of `upgrade.ts`, of a newer one only what
 * `glance.ts` reads. 1: steps were kept as they came, and read without their fields being looked at.
 */
export const JOURNAL_FORMAT = 2;

const line = <K extends string, S extends z.ZodRawShape>(kind: K, shape: S) =>
  z.object({ kind: z.literal(kind), at: z.iso.datetime(), ...shape });

/**
 * One line of a deploy's journal. *intent* stands before an effect and *done*, *failed* or *undone* after it, so that a
 * kill at any moment leaves it known which effect may have begun.
 */
export const journalEntry = z.discriminatedUnion('kind', [
  line('deploy', {
    format: z.literal(JOURNAL_FORMAT),
    deploy: z.string(),
    purpose: jobKind,
    /** The deploy that is resumed or undone; null: none. */
    of: z.string().nullable(),
    /** The first deploy of a chain of resumes: whose id stands in the locks. */
    lock: z.string(),
    who: z.string(),
    host: z.string(),
    pid: z.number(),
    /** What tells its process from every other one; older journals have its number alone. */
    process: processMark.exactOptional(),
    fleet: z.object({ path: z.string().nullable(), name: z.string(), sha256: z.string() }),
    fingerprint: z.string(),
    erase: z.array(z.string()).readonly(),
    /** The plan's steps, whole: what was about to be done is known without the program that was about to do it. */
    steps: z.array(step).readonly(),
  }),
  /** Servers whose logins failed before the first step, by their ids. */
  line('logins-before', { failed: z.array(z.string()).readonly() }),
  line('begin', { step: ids.step }),
  line('intent', {
    step: ids.step,
    server: ids.server,
    effect: z.enum(['write', 'restart', 'start', 'stop', 'backup', 'refresh', 'renew']),
    /** What the effect works on: the file's path. */
    path: z.string().exactOptional(),
    before: z.string().exactOptional(),
    after: z.string().exactOptional(),
    source: ids.server.exactOptional(),
    domain: ids.domain.nullable().exactOptional(),
    /**
     * The server's process right before (`ServiceState.process`); null: none ran. Absent: it was not known, as in older
     * journals.
     */
    process: z.string().nullable().exactOptional(),
  }),
  /** The effect of the newest intent of this step is over. Without `well`, as older journals are, it is not known how. */
  line('effect', {
    step: ids.step,
    server: ids.server,
    well: z.boolean().exactOptional(),
    note: z.string(),
  }),
  line('output', { step: ids.step, text: z.string() }),
  line('done', { step: ids.step, note: z.string(), backup: z.string().exactOptional() }),
  line('failed', { step: ids.step, code: z.string(), message: z.string(), undone: z.boolean() }),
  line('undone', { step: ids.step, server: ids.server }),
  line('finished', { outcome: deployOutcome, problems: z.array(problem).readonly() }),
  /** A later deploy finished or undid this one. */
  line('settled', { by: z.string(), purpose: jobKind }),
]);
export type JournalEntry = z.output<typeof journalEntry>;

type Kind = JournalEntry['kind'];
/** An entry without its time, which the journal adds. */
export type NewEntry<K extends Kind = Kind> = K extends Kind
  ? Omit<Extract<JournalEntry, { kind: K }>, 'at'>
  : never;
