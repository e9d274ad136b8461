import type { Fleet, FleetServer } from '../../../shared/fleet/model/fleet';
import { readFleet } from '../../../shared/fleet/read/read-fleet';
import type { FleetText } from '../../../shared/ipc';
import type { ServerId } from '../../../shared/base/names';
import type { ObservedServer } from '../../../shared/observed/observed';
import type { Problem } from '../../../shared/base/problem';
import { type Result, fail, ok } from '../../../shared/base/result';
import type { Call } from '../base/call';
import type { Site } from '../deploy/deployment/deployment';
import type { SeenServer } from './server-probe';

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

/** A fleet file that can be used. */
type ReadFleet = Pick<ObservedFleet, 'fleet' | 'problems'>;

/** Reads a fleet's text. @returns the first error as a fault when it cannot be used; the others are in its detail. */
export function fleetFrom(text: FleetText): Result<ReadFleet> {
  const { fleet, problems } = readFleet(text.text, text.path ?? 'fleet.toml');
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (fleet !== null && errors.length === 0) return ok({ fleet, problems });
  const [first, ...others] = errors;
  if (!first) throw new Error('readFleet gave no fleet and no error');
  const detail = others.map((it) => `${it.where.line ?? 0}:${it.where.column ?? 0} ${it.message}`).join('\n');
  const { code, message, fix, where } = first;
  return fail({ code, message, fix, where, ...(detail ? { detail } : {}) });
}

/** Who looks at servers: in the engine `ServerWatches`, which looks once for everybody who asks. */
export interface Prober {
  /** See `ServerProbe.take`. */
  observe(server: FleetServer, fleetPath: string | null, call: Call, maxAgeMs?: number): Promise<SeenServer>;
}

/**
 * All servers of a fleet, connected to and probed side by side. Changes nothing.
 * @param maxAgeMs how old a probe may be that somebody else asked for; see `ServerProbe.take`.
 */
export async function observeFleet(
  text: FleetText,
  prober: Prober,
  call: Call,
  maxAgeMs?: number,
): Promise<Result<ObservedFleet>> {
  const read = fleetFrom(text);
  return read.ok ? ok(await observeRead(read.value, text.path, prober, call, maxAgeMs)) : read;
}

/** The same of a text that was read. @param path of its file */
export async function observeRead(
  { fleet, problems }: ReadFleet,
  path: FleetText['path'],
  prober: Prober,
  call: Call,
  maxAgeMs?: number,
): Promise<ObservedFleet> {
  const seen = await Promise.all(fleet.servers.map((server) => prober.observe(server, path, call, maxAgeMs)));
  const sites = new Map(
    fleet.servers.flatMap((server, index) => {
      const site = seen[index]?.site;
      return site ? [[server.id, { ...site, server }] as const] : [];
    }),
  );
  return { fleet, path, observed: seen.map((it) => it.observed), sites, problems };
}
