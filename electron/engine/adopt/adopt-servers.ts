import { addServers, newFleet } from '../../../shared/fleet/edit/edit-fleet';
import { findPartners } from '../../../shared/fleet/adopt/find-partners';
import type { AdoptedFleet, ServerAddress } from '../../../shared/fleet/adopt/adopted-fleet';
import { provisionalIds } from '../../../shared/fleet/adopt/server-ids';
import { type Fault, fail, ok, type Result } from '../../../shared/base/result';
import type { Call } from '../base/call';
import { fleetFrom, type Prober } from '../fleet/observe-fleet';

/** Servers one call may ask; each is a connection. */
const MOST = 64;

/**
 * Connects to servers that no fleet file describes yet, side by side, and reads what they say of each other. Changes
 * nothing.
 * @param fleetPath where the fleet file will lie: relative paths start there; null: this process' folder.
 * @returns a fault only when an endpoint is malformed or given twice; a server that cannot be reached is among the
 * problems of what was found.
 */
export async function adoptServers(
  reaches: readonly ServerAddress[],
  fleetPath: string | null,
  prober: Prober,
  call: Call,
): Promise<Result<AdoptedFleet>> {
  if (reaches.length > MOST) return fail(tooMany);
  const ids = provisionalIds(reaches.map((reach) => ({ reach })));
  const servers = reaches.map((reach, index) => ({ ...reach, id: ids[index] ?? '' }));
  const written = addServers(newFleet('Adopted'), servers);
  const read = written.ok ? fleetFrom({ path: fleetPath, text: written.value }) : written;
  if (!read.ok) return fail(withoutPlace(read.error));
  const observed = await Promise.all(
    read.value.fleet.servers.map((server) => prober.observe(server, fleetPath, call, 0)),
  );
  const seen = reaches.flatMap((reach, index) => {
    const it = observed[index];
    return it === undefined ? [] : [{ reach, observed: it.observed }];
  });
  return ok(findPartners(seen));
}

/** Lines of a file that nobody wrote would help nobody. */
const withoutPlace = ({ code, message, fix, where }: Fault): Fault => ({
  code,
  message,
  fix,
  where: where.server === undefined ? {} : { server: where.server },
});

const tooMany: Fault = {
  code: 'adopt-too-many',
  message: `More than ${MOST} servers at once.`,
  fix: 'Adopt one group of linked servers at a time.',
  where: {},
};
