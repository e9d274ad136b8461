import { parentPort } from 'node:worker_threads';
import { readItems } from '../../../renderer/bridge/read-contract';
import type { LogLineView } from '../../../shared/ipc';
import { ViewModel } from './view-model';

/** The most that the window takes in one stroke (`live-log.svelte.ts`); what comes faster it would pass over. */
const IN_A_STROKE = 10_000;

/**
 * The window's end of a stream of logs, in a thread of its own: each batch is read by the contract, as the page's policy lets it
 * be, and taken in strokes. It gives credit as the window does, and says in the end how many lines came.
 */
const model = new ViewModel();
let came = 0;
let waiting: LogLineView[] = [];
const take = (): void => {
  model.take(waiting);
  waiting = [];
};

parentPort?.on('message', (items: readonly unknown[] | null) => {
  if (items === null) {
    take();
    parentPort?.postMessage({ came });
    return;
  }
  const read = readItems('logs', items);
  if (!read.ok) throw new Error(read.error.message);
  came += read.value.length;
  waiting.push(...read.value);
  parentPort?.postMessage({ batches: 1 });
  if (waiting.length >= IN_A_STROKE) take();
});
