import type { Fleet, FleetServer } from '../../shared/fleet/fleet';
import { readFleet } from '../../shared/fleet/read-fleet';
import type { FleetText } from '../../shared/ipc';
import type { ServerId } from '../../shared/names';
import type { ObservedServer } from '../../shared/observed';
import type { Problem } from '../../shared/problem';
import { type Result, fail, ok } from '../../shared/result';
import type { Call } from './connect/connection';
import type { Connections } from './connections';
import type { Site } from './deploy/site';
import { probeServer, unreachable } from './probe/probe-server';
import type { Clock } from './time';

/** A fleet with what a probe saw of each server, side by side. */
export interface ObservedFleet {
  readonly fleet: Fleet;
  readonly path: string | null;
  /** In the fleet's order. */
  readonly observed: readonly ObservedServer[];
  /** The servers that could be reached. */
  readonly sites: ReadonlyMap<ServerId, Site>;
  /** What reading the fleet file found that does not stop it. */
  readonly problems: readonly Problem[];
}

/** Reads a fleet's text. @returns the first error as a fault when it cannot be used; the others are in its detail. */
export function fleetFrom(
  text: FleetText,
): Result<{ readonly fleet: Fleet; readonly problems: readonly Problem[] }> {
  const { fleet, problems } = readFleet(text.text, text.path ?? 'fleet.toml');
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (fleet !== null && errors.length === 0) return ok({ fleet, problems });
  const [first, ...others] = errors;
  if (!first) throw new Error('readFleet gave no fleet and no error');
  const detail = others.map((it) => `${it.where.line ?? 0}:${it.where.column ?? 0} ${it.message}`).join('\n');
  const { code, message, fix, where } = first;
  return fail({ code, message, fix, where, ...(detail ? { detail } : {}) });
}

/** Connects to all servers and probes them, side by side. Changes nothing. */
export async function observeFleet(
  text: FleetText,
  connections: Connections,
  clock: Clock,
  call: Call,
): Promise<Result<ObservedFleet>> {
  const read = fleetFrom(text);
  if (!read.ok) return read;
  const { fleet, problems } = read.value;
  const seen = await Promise.all(
    fleet.servers.map((server) => observe(server, text.path, connections, clock, call)),
  );
  const sites = new Map(seen.flatMap((it) => (it.site ? [[it.site.server.id, it.site] as const] : [])));
  return ok({ fleet, path: text.path, observed: seen.map((it) => it.observed), sites, problems });
}

/** One server: its connection when there is one, and what was seen. */
export async function observe(
  server: FleetServer,
  fleetPath: string | null,
  connections: Connections,
  clock: Clock,
  call: Call,
): Promise<{ readonly observed: ObservedServer; readonly site: Site | null }> {
  const opened = await connections.to(server, fleetPath, call);
  if (!opened.ok) return { observed: unreachable(server, opened.error), site: null };
  const connection = opened.value;
  const observed = await probeServer(server, connection, clock, call);
  return { observed, site: { server, connection, observed } };
}
