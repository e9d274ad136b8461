import { originOf } from '../../../shared/fleet/model/desired';
import type { Fleet } from '../../../shared/fleet/model/fleet';
import type { ObservedServer } from '../../../shared/observed/observed';
import type { Origin, ServerId } from '../../../shared/base/names';
import { parseOrigin } from '../../../shared/base/origin';

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

/** Names by the origins of the servers that have answered so far. */
export function originNaming(fleet: Fleet, answered: ReadonlyMap<ServerId, ObservedServer>): Naming {
  let made = { of: -1, naming: namingBy(new Map()) };
  return {
    serverAt: (host, ports) => {
      if (made.of !== answered.size) {
        const origins = fleet.servers.flatMap(({ id }) => {
          const origin = originOf(fleet, answered, id);
          return origin === null ? [] : [[id, origin] as const];
        });
        made = { of: answered.size, naming: namingBy(new Map(origins)) };
      }
      return made.naming.serverAt(host, ports);
    },
  };
}
