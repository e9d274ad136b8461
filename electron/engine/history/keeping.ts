import type { FleetText } from '../../../shared/ipc';
import { FleetRecorder, type Seen } from './fleet-recorder';
import type { HistoryStore } from './history-store';

/** Keeps what a watch of a fleet tells; of a fleet that was never saved nothing is kept: it has no name to find it by. */
export function keeping(text: FleetText, store: HistoryStore): { readonly keep?: (seen: Seen) => void } {
  if (text.path === null) return {};
  const recorder = new FleetRecorder(text.path);
  return { keep: (seen) => store.add(recorder.take(seen)) };
}
