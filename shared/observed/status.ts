import { z } from 'zod';
import { problem } from '../base/problem';
import { shown, shownOnOneLine } from '../base/shown';
import { reportedCertificate } from '../certificates/certificate';
import { pullHealth } from '../kanidmd/health';
import { ruvReport } from '../ruv/ruv';
import { servesReport } from '../serves/serves';
import { reportedReplication } from './reported-replication';

export const serverState = z.enum(['running', 'stopped', 'unreachable']);
export type ServerState = z.output<typeof serverState>;

/** What is said of one server, with or without its fleet. */
const anyServer = z.object({
  id: z.string(),
  state: serverState,
  version: shownOnOneLine.nullable(),
  domain: shownOnOneLine.nullable(),
  domainUuid: z.string().nullable(),
  /** Whether its server.toml could be read: else nothing is known of its replication. */
  fileRead: z.boolean(),
  replication: z.boolean(),
  certificate: reportedCertificate.nullable(),
});
export type AnyServerStatus = Readonly<z.output<typeof anyServer>>;

/**
 * When a server that cannot be reached is tried again: in so many milliseconds from the report on; `asked`: not by itself,
 * for trying cannot cure what is wrong with it.
 */
const nextTry = z.union([z.object({ inMs: z.number() }).readonly(), z.literal('asked')]);
export type NextTry = z.output<typeof nextTry>;

const statusServer = anyServer
  .extend({
    /** What it runs with; null: no `[replication]`, or its server.toml was not read (`fileRead`). */
    runsWith: reportedReplication.nullable(),
    /** While it is watched: stays the same as long as a plan made from what was seen of it would. */
    revision: z.string().exactOptional(),
    /** While it is watched and cannot be reached: when it is tried again. */
    nextTry: nextTry.nullable().exactOptional(),
    /** While it is watched: when kanidmd started, as its log says, microseconds by its clock; null: the log does not say. */
    startedAt: z.number().nullable().exactOptional(),
    /** While it is watched: the newest loss of lines of its log, and how many there were since the watch began. */
    logTrouble: z.object({ message: shown, fix: shown, times: z.number() }).readonly().exactOptional(),
  })
  .readonly();
export type StatusServer = z.output<typeof statusServer>;

/** `status --json` (`design.md`, "The command line"), and what the window is told while it watches. */
export const statusReport = z
  .object({
    servers: z.array(statusServer).readonly(),
    /** The pulls that are drawn. */
    pulls: z.array(pullHealth).readonly(),
    /** The pulls that run and are not drawn. */
    undrawn: z.array(pullHealth).readonly(),
    problems: z.array(problem).readonly(),
    /** What was proved of HTTPS and logins; absent: nobody looked. */
    serves: servesReport.exactOptional(),
    /** How far each server's changes have come; absent: nobody looked. */
    ruv: ruvReport.exactOptional(),
  })
  .readonly();
export type StatusReport = z.output<typeof statusReport>;

/** The answer to "test connection". */
export const serverReport = anyServer
  .extend({
    domainLevel: z.number().nullable(),
    configPath: shownOnOneLine.nullable(),
    /** The replication origin its file has. */
    origin: shownOnOneLine.nullable(),
    clockOffsetMs: z.number().nullable(),
    problems: z.array(problem).readonly(),
  })
  .readonly();
export type ServerReport = z.output<typeof serverReport>;
