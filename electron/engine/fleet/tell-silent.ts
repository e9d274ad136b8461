import type { FleetServer } from '../../../shared/fleet/model/fleet';
import type { ServerId } from '../../../shared/base/names';
import type { Clock } from '../base/time';
import type { Prober } from './observe-fleet';

/** A server that is well has answered by then. Milliseconds. */
const SILENT_MS = 3000;

/**
 * Looks at servers and tells once which have not answered after a while, so that a person knows whom everything waits
 * for. Nothing is told when all have.
 *
 * @param look is given the prober to look with
 */
export async function tellSilent<T>(
  prober: Prober,
  clock: Clock,
  tell: ((servers: readonly ServerId[]) => void) | undefined,
  look: (prober: Prober) => Promise<T>,
): Promise<T> {
  if (tell === undefined) return look(prober);
  const waitedFor = new Set<ServerId>();
  const observe: Prober['observe'] = async (server: FleetServer, ...rest) => {
    waitedFor.add(server.id);
    try {
      return await prober.observe(server, ...rest);
    } finally {
      waitedFor.delete(server.id);
    }
  };
  const over = new AbortController();
  void clock.sleep(SILENT_MS, over.signal).then(() => {
    if (!over.signal.aborted && waitedFor.size > 0) tell([...waitedFor]);
  });
  try {
    return await look({ observe });
  } finally {
    over.abort();
  }
}
