import { z } from 'zod';

/** Written down with every step: enough to know without its program what a deploy was about to do. */
const step = z.looseObject({
  id: z.string(),
  server: z.string(),
  action: z.string(),
  summary: z.string(),
  diff: z.string(),
  erases: z.array(z.string()),
});

/** What a deploy was for. */
export const purpose = z.enum(['apply', 'resume', 'rollback', 'put-back', 'renew', 'refresh']);
export type Purpose = z.output<typeof purpose>;

const line = <K extends string, S extends z.ZodRawShape>(kind: K, shape: S) =>
  z.object({ kind: z.literal(kind), at: z.iso.datetime(), ...shape });

/**
 * One line of a deploy's journal. *intent* stands before an effect and *done*, *failed* or *undone* after it, so that a
 * kill at any moment leaves it known which effect may have begun.
 */
export const journalEntry = z.discriminatedUnion('kind', [
  line('deploy', {
    format: z.literal(1),
    deploy: z.string(),
    purpose,
    /** The deploy that is resumed or undone; null: none. */
    of: z.string().nullable(),
    /** The first deploy of a chain of resumes: whose id stands in the locks. */
    lock: z.string(),
    who: z.string(),
    host: z.string(),
    pid: z.number(),
    fleet: z.object({ path: z.string().nullable(), name: z.string(), sha256: z.string() }),
    fingerprint: z.string(),
    erase: z.array(z.string()),
    steps: z.array(step),
  }),
  line('begin', { step: z.string() }),
  line('intent', {
    step: z.string(),
    server: z.string(),
    effect: z.enum(['write', 'restart', 'stop', 'backup', 'refresh', 'renew']),
    /** What the effect works on: the file's path. */
    path: z.string().exactOptional(),
    before: z.string().exactOptional(),
    after: z.string().exactOptional(),
    source: z.string().exactOptional(),
    domain: z.string().nullable().exactOptional(),
  }),
  /** The effect of the newest intent of this step is over. Without `well`, as older journals are, it is not known how. */
  line('effect', {
    step: z.string(),
    server: z.string(),
    well: z.boolean().exactOptional(),
    note: z.string(),
  }),
  line('output', { step: z.string(), text: z.string() }),
  line('done', { step: z.string(), note: z.string(), backup: z.string().exactOptional() }),
  line('failed', { step: z.string(), code: z.string(), message: z.string(), undone: z.boolean() }),
  line('undone', { step: z.string(), server: z.string() }),
  line('finished', { outcome: z.string(), problems: z.array(z.looseObject({ code: z.string() })) }),
  /** A later deploy finished or undid this one. */
  line('settled', { by: z.string(), purpose }),
]);
export type JournalEntry = z.output<typeof journalEntry>;

type Kind = JournalEntry['kind'];
/** An entry without its time, which the journal adds. */
export type NewEntry<K extends Kind = Kind> = K extends Kind
  ? Omit<Extract<JournalEntry, { kind: K }>, 'at'>
  : never;
