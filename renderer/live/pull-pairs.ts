import type { LayerServer } from '../../shared/fleet/difference/difference';
import type { PullView } from './pull-view';

/** Two servers, whichever supplies. */
export const pairOf = (ends: { readonly supplier: string; readonly consumer: string }): string =>
  [ends.supplier, ends.consumer].sort().join(' ');

/** The pulls between every two servers, by `pairOf`. */
export function pullsByPair(pulls: readonly PullView[]): ReadonlyMap<string, readonly PullView[]> {
  const pairs = new Map<string, PullView[]>();
  for (const pull of pulls) {
    const known = pairs.get(pairOf(pull));
    if (known) known.push(pull);
    else pairs.set(pairOf(pull), [pull]);
  }
  return pairs;
}

/** Servers by their ids. */
export const serversById = (servers: readonly LayerServer[]): ReadonlyMap<string, LayerServer> =>
  new Map(servers.map((server) => [server.id, server]));
