import type { Fleet } from '../../../shared/fleet/model/fleet';
import { readTopology } from '../../../shared/fleet/model/topology';
import type { ServerId } from '../../../shared/base/names';
import type { ObservedServer } from '../../../shared/observed/observed';
import { parseOrigin } from '../../../shared/base/origin';
import { dialledOrigins } from '../health/status';
import type { PairPull } from './wait-for-rounds';

/** The pulls between two servers by the fleet's links, with the names they are dialled by. */
export function pairPulls(
  fleet: Fleet,
  observed: readonly ObservedServer[],
  a: ServerId,
  b: ServerId,
): readonly PairPull[] {
  const origins = dialledOrigins(fleet, observed);
  return readTopology(fleet)
    .pulls.filter(({ consumer, supplier }) => [`${a} ${b}`, `${b} ${a}`].includes(`${consumer} ${supplier}`))
    .flatMap((pull) => {
      const origin = origins(pull);
      const parts = origin === null ? null : parseOrigin(origin);
      return parts === null ? [] : [{ consumer: pull.consumer, host: parts.host, port: parts.port }];
    });
}
