import type { LogLineView } from '../../../shared/ipc';
import { explainLine } from '../../../shared/kanidmd/explain-line';
import type { Origin, ServerId } from '../../../shared/names';
import { parseOrigin } from '../../../shared/origin';
import { type Result, ok } from '../../../shared/result';
import type { LogItem } from '../connect/connection';
import type { Site } from '../deploy/site';
import { type Clock } from '../time';
import { Channel } from './channel';

/** How long lines wait for earlier ones of other servers before they are told, in milliseconds. */
const MERGE_WINDOW = 250;

/**
 * The log lines of several servers as one, by time on our clock. Without `follow` all lines are sorted; with it, lines
 * are sorted within a short window, so that a stream stays live. A stream that fails says so and the others go on.
 */
export async function* fleetLogs(
  sites: readonly Site[],
  naming: Naming,
  options: { readonly follow: boolean; readonly sinceMs: number },
  clock: Clock,
  signal: AbortSignal,
): AsyncIterable<Result<LogLineView>> {
  const stop = new AbortController();
  const ends = AbortSignal.any([signal, stop.signal]);
  const channel = new Channel<Result<LogLineView>>();
  const readers = sites.map((site) => readInto(channel, site, naming, options, ends));
  void Promise.all(readers).then(() => channel.close());
  try {
    if (!options.follow) {
      const all: Result<LogLineView>[] = [];
      for await (const batch of channel) all.push(...batch);
      yield* all.sort(byTime);
      return;
    }
    for await (const batch of channel) {
      yield* batch.sort(byTime);
      await clock.sleep(MERGE_WINDOW, ends);
    }
  } finally {
    stop.abort();
    await Promise.all(readers);
  }
}

/** How a log's hosts and ports become the fleet's ids. */
export interface Naming {
  readonly serverAt: (host: string, ports: readonly number[]) => string | null;
}

/** Names by the servers' origins; where several share a host, the port decides. */
export function namingBy(origins: ReadonlyMap<ServerId, Origin>): Naming {
  const places = [...origins].flatMap(([id, origin]) => {
    const parts = parseOrigin(origin);
    return parts === null ? [] : [{ id, host: parts.host, port: parts.port }];
  });
  return {
    serverAt: (host, ports) => {
      const there = places.filter((place) => place.host === host);
      return (there.find((place) => ports.includes(place.port)) ?? there[0])?.id ?? null;
    },
  };
}

async function readInto(
  channel: Channel<Result<LogLineView>>,
  site: Site,
  naming: Naming,
  options: { readonly follow: boolean; readonly sinceMs: number },
  signal: AbortSignal,
): Promise<void> {
  const offset = site.observed.facts?.clockOffsetMs ?? 0;
  const logs = site.connection.logs({ since: options.sinceMs + offset }, { follow: options.follow, signal });
  for await (const item of logs) {
    if (signal.aborted) return;
    channel.push(viewOf(site, naming, offset, item));
  }
}

function viewOf(site: Site, naming: Naming, offsetMs: number, item: LogItem): Result<LogLineView> {
  const server = site.server.id;
  if (item.kind === 'fault')
    return { ok: false, error: { ...item.fault, where: { server, ...item.fault.where } } };
  if (item.kind === 'gap')
    return ok({
      at: 0,
      server,
      level: 'warn',
      meaning: `lines may be missing here: ${item.reason}`,
      raw: '',
      pull: null,
    });
  const explained = explainLine(item.text, { consumer: server, serverAt: naming.serverAt });
  // Merged by our clock, so that servers whose clocks differ still tell one story.
  return ok({ at: item.at - offsetMs * 1000, server, ...explained, raw: item.text });
}

const byTime = (a: Result<LogLineView>, b: Result<LogLineView>): number => timeOf(a) - timeOf(b);

/** A fault or a gap has no time of its own: it stays at the end of its batch. */
const timeOf = (it: Result<LogLineView>): number =>
  it.ok && it.value.at > 0 ? it.value.at : Number.MAX_SAFE_INTEGER;
