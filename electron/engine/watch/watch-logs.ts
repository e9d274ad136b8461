import type { FleetText, LogLineView } from '../../../shared/ipc';
import type { ServerId } from '../../../shared/base/names';
import type { ObservedServer } from '../../../shared/observed/observed';
import { fail, type Result } from '../../../shared/base/result';
import { fleetFrom } from '../fleet/observe-fleet';
import type { Clock } from '../base/time';
import { fleetLogs } from './fleet-logs';
import { originNaming } from './naming';
import type { LoggedServer } from './server-log';
import type { SeenServer } from '../fleet/server-probe';
import type { ServerWatches } from './server-watches';

/** A probe of a server whose log is asked for, milliseconds. */
const PROBE_MS = 60_000;

/** The log lines of a fleet's servers, or of one, merged by time. See `Engine.logs`. */
export async function* watchLogs(
  text: FleetText,
  options: { readonly server: string | null; readonly follow: boolean; readonly sinceMs: number },
  { watches, clock }: { readonly watches: ServerWatches; readonly clock: Clock },
  signal: AbortSignal,
): AsyncIterable<readonly Result<LogLineView>[]> {
  const read = fleetFrom(text);
  if (!read.ok) {
    yield [fail(read.error)];
    return;
  }
  const { fleet } = read.value;
  const answered = new Map<ServerId, ObservedServer>();
  // Those whose log is not read are asked too: their origins name them in the others' lines.
  const servers = fleet.servers.map((server): LoggedServer => {
    const watch = watches.of(server, text.path);
    const look = async (): Promise<SeenServer> => {
      const seen = await watch.probe({ signal, timeoutMs: PROBE_MS });
      if (seen.site !== null) answered.set(server.id, seen.observed);
      return seen;
    };
    return { id: server.id, seen: look(), again: look, tail: watch.tail };
  });
  const shown = servers.filter(({ id }) => options.server === null || id === options.server);
  yield* fleetLogs(shown, originNaming(fleet, answered), options, clock, signal);
}
