import { type FSWatcher, watch } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { FileOnDisk } from '../../../shared/ipc';
import type { Clock } from '../base/time';
import { childOf } from '../base/signals';
import { readFleetText } from './fleet-files';

/** How long nothing may be noticed of a change where the system tells nothing (a disk of the network), milliseconds. */
export const POLL_MS = 2000;
/** A file is being written in pieces: it counts once it has stayed the same for this long. Milliseconds. */
const STEADY_MS = 150;
/** An empty or missing file is mostly one that is being written again. Milliseconds. */
const STEADY_EMPTY_MS = 600;
/** Looks at a file that changes without end before it is told as it is. */
const MOST_LOOKS = 10;

/**
 * What lies at a path: at once, and again whenever it is another (written, replaced by a rename, removed, put back).
 * The system's events say when to look; the content is read every {@link POLL_MS} besides, as events, times and sizes are
 * not to be relied on everywhere.
 *
 * @param path of the fleet file; a link is followed
 */
export async function* watchFile(path: string, clock: Clock, signal: AbortSignal): AsyncIterable<FileOnDisk> {
  const file = resolve(path);
  const events = new FolderEvents();
  let told: FileOnDisk | null = null;
  try {
    while (!stopped(signal)) {
      const seen = await steady(file, told, clock, signal);
      // Its disk has just answered: asking the system for its events will not hang.
      if (seen.kind !== 'unreadable') await events.follow(file);
      if (stopped(signal)) return;
      if (told === null || !same(seen, told)) {
        told = seen;
        yield seen;
      }
      await events.next(clock, signal);
    }
  } finally {
    events.close();
  }
}

/** What is there, once it stays so; at once when it is what was told last. */
async function steady(
  file: string,
  told: FileOnDisk | null,
  clock: Clock,
  signal: AbortSignal,
): Promise<FileOnDisk> {
  let seen = await readFleetText(file);
  for (let looks = 0; looks < MOST_LOOKS && told !== null && !same(seen, told); looks += 1) {
    await clock.sleep(isEmpty(seen) ? STEADY_EMPTY_MS : STEADY_MS, signal);
    const again = await readFleetText(file);
    if (signal.aborted || same(again, seen)) return again;
    seen = again;
  }
  return seen;
}

/** A call, as it may be otherwise after each wait. */
const stopped = (signal: AbortSignal): boolean => signal.aborted;

const isEmpty = (file: FileOnDisk): boolean => file.kind !== 'text' || file.text === '';

const same = (a: FileOnDisk, b: FileOnDisk): boolean =>
  a.kind === b.kind &&
  (a.kind !== 'text' || b.kind !== 'text' || a.text === b.text) &&
  (a.kind !== 'unreadable' || b.kind !== 'unreadable' || a.why === b.why);

/** The system's events of the folders a file and the file it links to lie in. */
class FolderEvents {
  readonly #watchers = new Map<string, FSWatcher>();
  #happened = false;
  #ring: () => void = () => undefined;

  /** Follows the folders the file lies in now. Where the system cannot, polling is left. */
  async follow(file: string): Promise<void> {
    const real = await realpath(file).catch(() => file);
    for (const folder of new Set([dirname(file), dirname(real)])) {
      if (this.#watchers.has(folder)) continue;
      try {
        const watcher = watch(folder, { persistent: false }, () => this.#notice());
        this.#watchers.set(folder, watcher);
        watcher.on('error', () => {
          watcher.close();
          this.#watchers.delete(folder);
        });
      } catch {
        // No such folder, or no watches left.
      }
    }
  }

  /** Waits for an event, for as long as a poll at most. */
  async next(clock: Clock, signal: AbortSignal): Promise<void> {
    const rest = childOf(signal);
    this.#ring = rest.abort;
    if (!this.#happened) await clock.sleep(POLL_MS, rest.signal);
    this.#happened = false;
    rest.release();
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #notice(): void {
    this.#happened = true;
    this.#ring();
  }
}
