import type { FleetText } from '../../../shared/ipc';
import type { Clock } from '../base/time';
import type { RuvMemory } from '../../../shared/ruv/ruv-memory';
import type { Entry } from './entries';
import { FleetRecorder, type WatchedMoment } from './fleet-recorder';
import { lagEntries } from './lag-entries';
import type { HistoryStore } from './history-store';
import { packed } from './ruv-rows';

/** Keeps what a watch of a fleet tells; of a fleet that was never saved nothing is kept: it has no name to find it by. */
export function keeping(
  text: FleetText,
  store: HistoryStore,
  clock: Clock,
): { readonly keep?: (seen: WatchedMoment) => void; readonly memory?: RuvMemory } {
  if (text.path === null) return {};
  const recorder = new FleetRecorder(text.path);
  return {
    keep: (seen) => store.add(recorder.take(seen)),
    memory: memoryOf(text.path, store, clock),
  };
}

/** What is remembered of looks at the RUVs of one fleet, and how far they found its consumers behind. */
export const memoryOf = (path: string, store: HistoryStore, clock: Clock): RuvMemory => ({
  recall: () => store.ruvRecalled(path),
  before: () => store.ruvBefore(path),
  began: (servers) =>
    store.add(
      servers.map((server) => ({ kind: 'ruv', fleet: path, server, at: clock.now(), brought: null })),
    ),
  keep: ({ lost, report, known, refused, leftOut }, over) =>
    store.add([
      ...[...known].map(([server, it]): Entry => ({
        ...{ kind: 'ruv', fleet: path, server, at: clock.now() },
        brought: { known: packed(it), readAt: Date.parse(it.at) },
      })),
      ...[...refused, ...leftOut].map(([server, it]): Entry => ({
        ...{ kind: 'ruv', fleet: path, server, at: clock.now(), brought: { refused: it } },
      })),
      ...[...lost].map(([server, it]): Entry => ({ kind: 'lost', fleet: path, server, lost: it })),
      ...over.map((server): Entry => ({ kind: 'over', fleet: path, server, at: clock.now() })),
      ...lagEntries(path, report),
    ]),
});
