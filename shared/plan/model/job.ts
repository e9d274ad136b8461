import { z } from 'zod';

/** What a plan is for. Those in the middle start from a deploy's journal. */
export const job = z.discriminatedUnion('kind', [
  /** Brings the servers to what the fleet file says. */
  z.object({ kind: z.literal('apply') }),
  /** The same after an interrupted deploy, whose loose ends are tied first. */
  z.object({ kind: z.literal('resume') }),
  /** Puts back every file a deploy wrote. `deploy` null: the newest that did not end well. */
  z.object({ kind: z.literal('rollback'), deploy: z.string().nullable() }),
  /** Puts one earlier server.toml back; `file` as the history names it. */
  z.object({ kind: z.literal('put-back'), deploy: z.string(), file: z.string() }),
  /** Renews a server's replication certificate and pins it on its partners. */
  z.object({ kind: z.literal('renew'), server: z.string() }),
  /** As apply, and these servers take their source's data although both say one domain, as after a restore. */
  z.object({ kind: z.literal('refresh'), servers: z.array(z.string()).min(1) }),
  /** Starts kanidmd on a server where it does not run. */
  z.object({ kind: z.literal('start'), server: z.string() }),
  /** Restarts kanidmd on a server. */
  z.object({ kind: z.literal('restart'), server: z.string() }),
]);
export type Job = z.output<typeof job>;

/** What a deploy was for, without the rest. */
export const jobKind = z.enum(job.options.map((it) => it.shape.kind.value));
export type JobKind = z.output<typeof jobKind>;

/** Jobs that finish or undo an interrupted deploy. Every other one waits until that is done. */
export const settles = (kind: JobKind): boolean => kind === 'resume' || kind === 'rollback';

/** Jobs about one server's process alone: they touch no file, and nothing else is finished by them. */
export const isOfService = (kind: JobKind): kind is 'start' | 'restart' =>
  kind === 'start' || kind === 'restart';
