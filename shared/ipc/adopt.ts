import { z } from 'zod';
import type { Findings, Reach } from '../fleet/adopt/findings';
import { problem } from './values';

/** Schemas of what crosses when running servers are adopted. */

const text = z.string().nullable().exactOptional();

const reachable = {
  connect: z.enum(['ssh', 'docker']),
  endpoint: z.string(),
  container: text,
  certificates: text,
  config: text,
  origin: text,
  bindaddress: text,
  service: text,
  sudo: z.boolean().nullable().exactOptional(),
  kanidmd: text,
  identity: text,
  knownHosts: text,
};

export const reach = z.object(reachable) satisfies z.ZodType<Reach>;

const table = z.object({
  origin: z.string(),
  type: z.enum(['mutual-pull', 'pull', 'allow-pull']),
  automaticRefresh: z.boolean(),
  pinIsLive: z.boolean().nullable(),
});

export const findings = z.object({
  servers: z
    .array(
      z.object({
        fields: z.object({ ...reachable, id: z.string() }),
        state: z.enum(['running', 'stopped', 'unreachable']),
        version: z.string().nullable(),
        domain: z.string().nullable(),
        domainUuid: z.string().nullable(),
        origin: z.string().nullable(),
      }),
    )
    .readonly(),
  pairs: z
    .array(
      z.object({
        servers: z.tuple([z.string(), z.string()]).readonly(),
        tables: z.tuple([table.nullable(), table.nullable()]).readonly(),
      }),
    )
    .readonly(),
  problems: z.array(problem).readonly(),
}) satisfies z.ZodType<Findings>;
