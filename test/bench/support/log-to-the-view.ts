import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { rolldown } from 'rolldown';
import { systemClock } from '../../../electron/engine/base/time';
import type { ServerConnection } from '../../../electron/engine/connect/connection';
import type { SeenServer } from '../../../electron/engine/fleet/server-probe';
import { Credit, pump } from '../../../electron/engine/ipc/pump';
import { fleetLogs } from '../../../electron/engine/watch/fleet-logs';
import { LogTail } from '../../../electron/engine/watch/log-tail';
import type { LoggedServer } from '../../../electron/engine/watch/server-log';

/** Batches that the window takes ahead (`ipc-client.ts`). */
const AHEAD = 8;

/** The window's side, bundled. */
export interface WindowSide {
  /**
   * Reads a server's whole log by the product's own way into what the window shows: taken apart, explained, merged and
   * batched here; copied as a message is, checked by the contract and held in a thread of its own, as the window has a process
   * of its own. The app, which only passes messages on, is not there.
   * @returns how many lines came.
   */
  read(connection: ServerConnection): Promise<number>;
  close(): Promise<void>;
}

export async function windowSide(): Promise<WindowSide> {
  const folder = await mkdtemp(join(tmpdir(), 'kl-window-'));
  const file = join(folder, 'window.cjs');
  const input = fileURLToPath(new URL('window-side.ts', import.meta.url));
  const bundle = await rolldown({ input, platform: 'node', logLevel: 'silent' });
  await bundle.write({ file, format: 'cjs', codeSplitting: false });
  await bundle.close();
  return { read: (connection) => read(connection, file), close: () => rm(folder, { recursive: true }) };
}

async function read(connection: ServerConnection, program: string): Promise<number> {
  const observed = { facts: null, state: 'running', faults: [] };
  const seen = { observed, site: { server: { id: 'one' }, connection, observed } } as unknown as SeenServer;
  const server: LoggedServer = {
    id: 'one',
    seen: Promise.resolve(seen),
    again: () => Promise.resolve(seen),
    tail: new LogTail('one', () => undefined),
  };
  const window = new Worker(program);
  const credit = new Credit();
  const end = new AbortController();
  const came = new Promise<number>((resolve, reject) => {
    window.on('error', reject);
    window.on('message', (told: { readonly batches: number } | { readonly came: number }) => {
      if ('came' in told) resolve(told.came);
      else credit.grant(told.batches);
    });
  });
  credit.grant(AHEAD);
  // From the first line on, by whatever clock.
  const log = { follow: false, sinceMs: 0 };
  const lines = fleetLogs([server], { serverAt: () => null }, log, systemClock, end.signal);
  const items = async function* () {
    for await (const batch of lines)
      yield batch.map((line) => {
        if (!line.ok) throw new Error(`${line.error.code}: ${line.error.message}`);
        return line.value;
      });
  };
  try {
    const send = (batch: readonly unknown[]): void => window.postMessage(batch);
    await Promise.race([pump(items(), { credit, signal: end.signal, dropped: true, send }), came]);
    window.postMessage(null);
    return await came;
  } finally {
    end.abort();
    await window.terminate();
  }
}
