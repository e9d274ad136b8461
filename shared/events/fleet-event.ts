import { z } from 'zod';
import { severity } from '../base/problem';
import { shown, shownOnOneLine } from '../base/shown';
import { health } from '../kanidmd/health';
import { proof } from '../kanidmd/proof';
import { serverState } from '../observed/status';
import { deployOutcome } from '../plan/model/deploy';
import { jobKind } from '../plan/model/job';
import { loginsState, servesState } from '../serves/serves';
import { about, certificateDue, certificateUse, server as id } from './certificate-due';

const pull = { consumer: id, supplier: id };
const why = {
  /** One sentence: why; empty when nothing says so. */
  cause: shown,
  /** One sentence: what to do; empty when nothing is to be done. */
  fix: shown,
  /** The lines that prove it; absent: no line does. */
  proof: z.array(proof).readonly().exactOptional(),
};

const logins = z.literal('logins');

/**
 * What a verdict that two looks agree on is about: a server by itself, or a pull. `logins`: its HTTPS and logins;
 * `database`: whether an older copy was put in place of its database; absent: whether it runs, or replicates.
 */
export const subject = z.union([
  z.object({ server: id, what: z.union([logins, z.literal('database')]).exactOptional() }).readonly(),
  z.object({ consumer: id, supplier: id, what: logins.exactOptional() }).readonly(),
]);
export type Subject = z.output<typeof subject>;

/** How a deploy ended; `interrupted`: its program ended without saying how. */
const deployEnd = z.enum([...deployOutcome.options, 'interrupted']);

/**
 * Something that happened in a fleet, as it is streamed, kept and sent. `at` is in milliseconds since the epoch, by this
 * computer's clock: when it was noticed. States that were never seen before have `from: null`.
 */
export const fleetEvent = z.discriminatedUnion('kind', [
  z
    .object({
      ...about,
      kind: z.literal('server-state'),
      server: id,
      from: serverState.nullable(),
      to: serverState,
      ...why,
    })
    .readonly(),
  /** kanidmd was started again between two readings in which it ran. `startedAt`: microseconds, the server's clock. */
  z.object({ ...about, kind: z.literal('server-restarted'), server: id, startedAt: z.number() }).readonly(),
  z
    .object({
      ...about,
      kind: z.literal('server-version'),
      server: id,
      from: shownOnOneLine,
      to: shownOnOneLine,
    })
    .readonly(),
  z
    .object({
      ...{ ...about, kind: z.literal('pull-health'), ...pull },
      /** Whether the fleet file draws it. */
      drawn: z.boolean(),
      from: health.nullable(),
      to: health,
      ...why,
      /** ISO 8601: the end of the newest good round. */
      lastSuccess: z.string().nullable(),
    })
    .readonly(),
  /** What a look at a server's HTTPS and logins proved. */
  z
    .object({
      ...{ ...about, kind: z.literal('serves-state'), server: id },
      ...{ from: servesState.nullable(), to: servesState, cause: shown, fix: shown },
    })
    .readonly(),
  /** Whether a session made on one end of a pull was good on the other. */
  z
    .object({
      ...{ ...about, kind: z.literal('logins-state'), ...pull },
      ...{ from: loginsState.nullable(), to: loginsState, cause: shown, fix: shown },
    })
    .readonly(),
  /** It is neither drawn nor runs any more, while both its servers are read. */
  z.object({ ...about, kind: z.literal('pull-gone'), ...pull }).readonly(),
  /** The consumer took over the supplier's whole database. */
  z.object({ ...about, kind: z.literal('pull-refreshed'), ...pull }).readonly(),
  z
    .object({
      ...{ ...about, kind: z.literal('certificate-changed'), server: id, use: certificateUse },
      ...{ from: z.string(), to: z.string(), notAfter: z.string() },
    })
    .readonly(),
  certificateDue,
  z
    .object({
      ...{ ...about, kind: z.enum(['problem-came', 'problem-went']), server: id.nullable() },
      ...{ severity, code: z.string().max(100), message: shown, fix: shown },
    })
    .readonly(),
  /**
   * A verdict that a second look agreed with: `broke` it does not work, `healed` it works again, `lost` nothing is known
   * of it any more. It is told once, however often what is seen goes to and fro (`steady.ts`).
   */
  z
    .object({ ...about, kind: z.enum(['broke', 'healed', 'lost']), subject, since: z.number(), ...why })
    .readonly(),
  /** A deploy from this computer; `at` is when its journal began. */
  z.object({ ...about, kind: z.literal('deploy-began'), deploy: id, job: jobKind }).readonly(),
  z
    .object({ ...about, kind: z.literal('deploy-ended'), deploy: id, job: jobKind, outcome: deployEnd })
    .readonly(),
  /** Lines of a server's log were lost, or its log cannot be read. */
  z.object({ ...about, kind: z.literal('log-trouble'), server: id, message: shown, fix: shown }).readonly(),
  /** A clock was set or this computer slept: what was known before proves nothing. */
  z.object({ ...about, kind: z.literal('watch-interrupted'), forMs: z.number() }).readonly(),
]);
export type FleetEvent = z.output<typeof fleetEvent>;
