import { fleetLogs } from '../../../electron/engine/watch/fleet-logs';
import type { LoggedServer } from '../../../electron/engine/watch/server-log';
import { LogTail } from '../../../electron/engine/watch/log-tail';
import { Credit, pump } from '../../../electron/engine/ipc/pump';
import type { ServerConnection } from '../../../electron/engine/connect/connection';
import { systemClock } from '../../../electron/engine/base/time';
import type { SeenServer } from '../../../electron/engine/fleet/server-probe';
import type { LogLineView } from '../../../shared/ipc';
import { streams } from '../../../shared/ipc';
import { LogStore } from '../../../renderer/live/log/log-store';
import { ShownLog } from '../../../renderer/live/log/shown-log';
import { replication } from '../../../renderer/live/log/log-filter';

/** What the window holds of a log, and what it shows of it at first; drawing it is not part of it. */
export class ViewModel {
  readonly store = new LogStore();
  readonly shown = new ShownLog();

  take(lines: readonly LogLineView[]): void {
    const taken = this.store.add(lines);
    if (!this.shown.goOn(taken)) this.shown.show(replication, this.store.lines);
  }
}

/**
 * Reads a server's whole log by the product's own way into what the window shows, in one process where the product has
 * three: taken apart, explained, merged, batched, copied as a message is, checked by the contract, held.
 * @returns how many lines came.
 */
export async function logToTheView(connection: ServerConnection): Promise<number> {
  const observed = { facts: null, state: 'running', faults: [] };
  const seen = { observed, site: { server: { id: 'one' }, connection, observed } } as unknown as SeenServer;
  const server: LoggedServer = {
    id: 'one',
    seen: Promise.resolve(seen),
    again: () => Promise.resolve(seen),
    tail: new LogTail('one', () => undefined),
  };
  const end = new AbortController();
  // From the first line on, by whatever clock.
  const log = { follow: false, sinceMs: 0 };
  const lines = fleetLogs([server], { serverAt: () => null }, log, systemClock, end.signal);
  const model = new ViewModel();
  let came = 0;
  const credit = new Credit();
  credit.grant(Number.MAX_SAFE_INTEGER);
  const items = async function* () {
    for await (const batch of lines)
      yield batch.map((line) => {
        if (!line.ok) throw new Error(`${line.error.code}: ${line.error.message}`);
        return line.value;
      });
  };
  await pump(items(), {
    ...{ credit, signal: end.signal, dropped: true },
    send: (batch) => {
      const message = structuredClone(batch);
      model.take(message.map((one) => streams.logs.item.parse(one)));
      came += batch.length;
    },
  });
  return came;
}
