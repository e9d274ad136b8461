import { z } from 'zod';
import type { Health } from '../kanidmd/health';
import type { LogLineView, PlanView, ServerReport } from './views';
import type { StatusReport } from '../observed';
import type { DeployEvent } from '../plan/deploy';
import type { Problem } from '../problem';
import type { Fault, Result } from '../result';

/** Schemas of the values that cross between window and engine. Each is checked against its type. */

const place = z.object({
  server: z.string().exactOptional(),
  file: z.string().exactOptional(),
  line: z.number().exactOptional(),
  column: z.number().exactOptional(),
  field: z.string().exactOptional(),
  link: z.string().exactOptional(),
});

export const fault = z.object({
  code: z.string(),
  message: z.string(),
  fix: z.string(),
  detail: z.string().exactOptional(),
  where: place,
}) satisfies z.ZodType<Fault>;

/** A `Result` of a value. */
export const result = <T extends z.ZodType>(value: T): z.ZodType<Result<z.output<T>>> =>
  z.union([
    z.object({ ok: z.literal(true), value }),
    z.object({ ok: z.literal(false), error: fault }),
  ]) as z.ZodType<Result<z.output<T>>>;

export const problem = z.object({
  severity: z.enum(['error', 'warning', 'info']),
  code: z.string(),
  server: z.string().nullable(),
  servers: z.array(z.string()).readonly().exactOptional(),
  links: z.array(z.string()).readonly().exactOptional(),
  message: z.string(),
  fix: z.string(),
  where: place,
}) satisfies z.ZodType<Problem>;

/** A fleet as the window holds it: its text, perhaps not saved, and where it lies (relative paths start there). */
export const fleetText = z.object({ path: z.string().nullable(), text: z.string().max(4_000_000) });
export type FleetText = z.output<typeof fleetText>;

export const certificate = z.object({
  fingerprint: z.string(),
  notBefore: z.string(),
  notAfter: z.string(),
  names: z.array(z.string()),
});

const serverState = z.enum(['running', 'stopped', 'unreachable']);

const health: z.ZodType<Health> = z.enum([
  'replicating',
  'waiting',
  'needs-refresh',
  'broken',
  'paused',
  'unknown',
]);

export const statusReport = z.object({
  servers: z.array(
    z.object({
      id: z.string(),
      state: serverState,
      version: z.string().nullable(),
      domain: z.string().nullable(),
      domainUuid: z.string().nullable(),
      fileRead: z.boolean(),
      replication: z.boolean(),
      certificate: certificate.nullable(),
    }),
  ),
  pulls: z.array(
    z.object({
      consumer: z.string(),
      supplier: z.string(),
      health,
      cause: z.string(),
      fix: z.string(),
      lastSuccess: z.string().nullable(),
    }),
  ),
  problems: z.array(problem),
}) satisfies z.ZodType<StatusReport>;

export const serverReport = z.object({
  id: z.string(),
  state: serverState,
  version: z.string().nullable(),
  domain: z.string().nullable(),
  domainUuid: z.string().nullable(),
  domainLevel: z.number().nullable(),
  certificate: certificate.nullable(),
  configPath: z.string().nullable(),
  origin: z.string().nullable(),
  fileRead: z.boolean(),
  replication: z.boolean(),
  clockOffsetMs: z.number().nullable(),
  problems: z.array(problem),
}) satisfies z.ZodType<ServerReport>;

export const planView = z.object({
  fingerprint: z.string(),
  blocked: z.boolean(),
  steps: z.array(
    z.object({
      id: z.string(),
      server: z.string(),
      action: z.enum([
        'configure',
        'restart',
        'read-certificate',
        'renew-certificate',
        'backup',
        'refresh',
        'verify',
        'put-back',
        'compare',
      ]),
      needs: z.array(z.string()),
      requires: z.array(z.string()),
      restarts: z.boolean(),
      summary: z.string(),
      why: z.string(),
      risk: z.string(),
      diff: z.string(),
      erases: z.array(z.string()),
    }),
  ),
  problems: z.array(problem),
}) satisfies z.ZodType<PlanView>;

export const logLine = z.object({
  at: z.number(),
  server: z.string(),
  level: z.enum(['info', 'good', 'warn', 'bad']),
  meaning: z.string(),
  raw: z.string(),
  pull: z.object({ consumer: z.string(), supplier: z.string() }).nullable(),
}) satisfies z.ZodType<LogLineView>;

export const deployEvent = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('started'),
    deploy: z.string(),
    journal: z.string(),
    at: z.number(),
    expected: z.array(z.object({ step: z.string(), ms: z.number() })),
  }),
  z.object({ kind: z.literal('cancelling'), step: z.string(), afterStep: z.boolean(), at: z.number() }),
  z.object({
    kind: z.literal('step'),
    step: z.string(),
    state: z.enum(['pending', 'running', 'done', 'failed', 'rolled-back', 'skipped']),
    at: z.number(),
    note: z.string(),
  }),
  z.object({ kind: z.literal('output'), step: z.string(), text: z.string(), at: z.number() }),
  z.object({
    kind: z.literal('finished'),
    outcome: z.enum(['done', 'unchanged', 'refused', 'failed', 'rolled-back', 'cancelled']),
    problems: z.array(problem),
    at: z.number(),
  }),
]) satisfies z.ZodType<DeployEvent>;
