import { z } from 'zod';

/**
 * What a button can do about something that is not well. Each opens a review of what would be done; nothing is done by
 * itself.
 */
export const remedy = z.discriminatedUnion('kind', [
  /** Starts kanidmd, which does not run. */
  z.object({ kind: z.literal('start'), server: z.string() }).readonly(),
  /** Restarts kanidmd: what it once failed at it tries at its start alone. */
  z.object({ kind: z.literal('restart'), server: z.string() }).readonly(),
  /** Renews a replication certificate and pins it on all partners. */
  z.object({ kind: z.literal('renew'), server: z.string() }).readonly(),
  /** Replaces a server's database by its source's, once its name was typed. */
  z.object({ kind: z.literal('refresh'), server: z.string() }).readonly(),
  /** Deploys what the fleet file says, which pins the certificates that are shown now. */
  z.object({ kind: z.literal('repin') }).readonly(),
  /** Deploys what the fleet file says. */
  z.object({ kind: z.literal('deploy') }).readonly(),
]);
export type Remedy = z.output<typeof remedy>;
export type RemedyKind = Remedy['kind'];

/** A remedy of a kind; `server` is whom it is done to, where it is done to one. */
export function remedyOf(kind: RemedyKind, server: string): Remedy {
  switch (kind) {
    case 'start':
    case 'restart':
    case 'renew':
    case 'refresh':
      return { kind, server };
    case 'repin':
    case 'deploy':
      return { kind };
  }
}
