import { z } from 'zod';
import { problem } from '../../base/problem';
import { shownOnOneLine } from '../../base/shown';
import { kindNames, ownSchemas } from '../../connect/kinds';
import type { ObservedServer } from '../../observed/observed';

const text = z.string().nullable().exactOptional();
const onOrOff = z.boolean().nullable().exactOptional();

const reachable = {
  connect: z.enum(kindNames),
  endpoint: z.string(),
  config: text,
  origin: text,
  bindaddress: text,
  ...ownSchemas(text, onOrOff),
};

/** How a server that is to be adopted is reached; its id comes from its host's name. */
export const serverAddress = z.object(reachable).readonly();
export type ServerAddress = z.output<typeof serverAddress>;

/** A server that is to be adopted, and what a probe saw of it. */
export interface SeenServer {
  readonly reach: ServerAddress;
  readonly observed: ObservedServer;
}

const adoptedServer = z
  .object({
    /** As the fleet file will have it: its id, how it is reached, its origin and bind address. */
    fields: z.object({ ...reachable, id: z.string() }).readonly(),
    state: z.enum(['running', 'stopped', 'unreachable']),
    /** The running program, else the one on disk. */
    version: shownOnOneLine.nullable(),
    domain: shownOnOneLine.nullable(),
    domainUuid: z.string().nullable(),
    /** Whether its server.toml could be read: else nothing is known of its replication. */
    fileRead: z.boolean(),
    /** What partners dial; null: it has no `[replication]`, or that is not known. */
    origin: z.string().nullable(),
  })
  .readonly();
export type AdoptedServer = z.output<typeof adoptedServer>;

/** One partner table, whose partner is among the adopted. */
const adoptedTable = z
  .object({
    /** The name it dials. */
    origin: z.string(),
    type: z.enum(['mutual-pull', 'pull', 'allow-pull']),
    automaticRefresh: z.boolean(),
    /** The pin is the certificate the partner shows; null: the partner shows none now. */
    pinIsLive: z.boolean().nullable(),
  })
  .readonly();
export type AdoptedTable = z.output<typeof adoptedTable>;

const adoptedPair = z
  .object({
    servers: z.tuple([z.string(), z.string()]).readonly(),
    /** What the first says of the second, and the second of the first; null: it has no table for the other. */
    tables: z.tuple([adoptedTable.nullable(), adoptedTable.nullable()]).readonly(),
  })
  .readonly();
export type AdoptedPair = z.output<typeof adoptedPair>;

/**
 * What running servers say of themselves and of each other, before anybody is asked anything. Plain data: the window
 * gets it from the engine and draws the fleet itself (`draw-fleet.ts`) once the questions are answered.
 */
export const adoptedFleet = z
  .object({
    servers: z.array(adoptedServer).readonly(),
    /** Every two servers of which at least one has a table for the other. */
    pairs: z.array(adoptedPair).readonly(),
    /** What was found beside that. An error stands in the way of adopting. */
    problems: z.array(problem).readonly(),
  })
  .readonly();
export type AdoptedFleet = z.output<typeof adoptedFleet>;
