import { sameOrigin } from '../../base/origin';
import type { LayerServer } from './difference';

/** Every origin a server is known by, as it was read: its own, and those its partners have a table for. Each once. */
export function namesOf(
  servers: readonly Pick<LayerServer, 'id' | 'reading'>[],
  id: string,
): readonly string[] {
  const names: string[] = [];
  for (const server of servers) {
    const runs = server.reading.last?.runsWith;
    const said =
      server.id === id
        ? [runs?.origin ?? null]
        : (runs?.partners ?? []).flatMap((table) => (table.server === id ? [table.origin] : []));
    for (const name of said)
      if (name !== null && !names.some((known) => sameOrigin(known, name))) names.push(name);
  }
  return names;
}
