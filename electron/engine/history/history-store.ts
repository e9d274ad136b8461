import {
  DEFAULT_BOUND,
  type FleetGlance,
  type FleetHistory,
  type HistoryBound,
} from '../../../shared/history/history';
import { type Fault, ok, type Result } from '../../../shared/base/result';
import type { RuvMemory } from '../../../shared/ruv/ruv-memory';
import { roughSize } from '../base/rough-size';
import type { Clock } from '../base/time';
import { type Database, loadDriver } from './driver';
import type { Entry, Stretch } from './entries';
import { HistoryFile } from './history-file';
import { giveBack, keepBound, writeBound } from './keep-bound';
import { readRecalled, readRemembered } from './ruv-rows';
import { historyFolder } from './place';
import { type Asked, readGlances, readHistory } from './read';
import { inBites } from './in-bites';
import { writeEntries } from './write';

/** What was told is written so often, in milliseconds: a kill loses no more. */
const WRITE_EVERY = 5000;
/** The bound is looked after so often, in milliseconds. */
const BOUND_EVERY = 60_000;
/** Bytes that wait while nothing can be written; then the oldest go, and it is said. */
const MOST_WAITING = 8_000_000;

export interface HistoryStoreOptions {
  readonly configDir: string;
  readonly clock: Clock;
  /** A line for the log file. */
  readonly log: (text: string) => void;
  readonly load?: typeof loadDriver;
}

/**
 * What Kanilink remembers of fleets it watched: rounds, health, states, starts. One SQLite file for all fleets, which
 * several processes write at once. Nothing here fails: what cannot be kept is said by whoever reads.
 */
export class HistoryStore {
  private file: Promise<Result<HistoryFile>> | null = null;
  private ready: HistoryFile | null = null;
  private waiting: Entry[] = [];
  private stretches = new Set<Stretch>();
  private bytes = 0;
  private dropped = 0;
  private wroteAt: number;
  private boundAt = -Infinity;

  constructor(private readonly options: HistoryStoreOptions) {
    this.wroteAt = options.clock.monotonic();
  }

  /** Takes what is to be kept; it is written soon. */
  add(entries: readonly Entry[]): void {
    for (const entry of entries) {
      // A stretch that goes on is one entry, however often it grew.
      if (entry.kind === 'seen' && this.stretches.has(entry.stretch)) continue;
      if (entry.kind === 'seen') this.stretches.add(entry.stretch);
      this.waiting.push(entry);
      this.bytes += roughSize(entry);
    }
    while (this.bytes > MOST_WAITING && this.waiting.length > 1) this.drop();
    const { clock } = this.options;
    if (clock.monotonic() - this.wroteAt < WRITE_EVERY) return;
    this.wroteAt = clock.monotonic();
    void this.use().then(() => this.write());
  }

  /** A stretch of a fleet's history. The engine is never held up for long: it is read in bites. */
  async read(asked: Asked, signal?: AbortSignal): Promise<Result<FleetHistory>> {
    const file = await this.use();
    if (!file.ok) return ok(nothing(asked, file.error));
    this.write(false);
    const read = await inBites(file.value, () => readHistory(asked), signal);
    return ok(read.ok ? { ...read.value, trouble: this.troubleOf(file.value) } : nothing(asked, read.error));
  }

  /** Fleets as their last watch left them; none while the history cannot be read. */
  async glances(): Promise<readonly FleetGlance[]> {
    const file = await this.use();
    if (!file.ok) return [];
    this.write(false);
    const read = file.value.read(readGlances);
    return read.ok ? read.value : [];
  }

  /** What is told of RUVs without a look. See `RuvMemory`. */
  ruvRecalled(path: string): ReturnType<RuvMemory['recall']> {
    return this.recall((database) => readRecalled(database, path));
  }

  /** What looks at the RUVs of a fleet brought. See `RuvMemory`. */
  ruvBefore(path: string): ReturnType<RuvMemory['before']> {
    return this.recall((database) => readRemembered(database, path));
  }

  /** Sets how much is kept, for every process that keeps it here; what is too much goes at once. */
  async setBound(bound: HistoryBound): Promise<Result<void>> {
    const file = await this.use();
    if (!file.ok) return file;
    const set = file.value.write((database) => {
      writeBound(database, bound);
    });
    this.boundAt = -Infinity;
    this.write();
    return set;
  }

  /** Writes what waits, and closes the file. */
  async close(): Promise<void> {
    if (this.file === null) return;
    await this.file;
    this.write();
    this.ready?.close();
  }

  /** Null while the history cannot be read. */
  private async recall<T>(what: (database: Database) => T): Promise<T | null> {
    const file = await this.use();
    if (!file.ok) return null;
    this.write(false);
    const read = file.value.read(what);
    return read.ok ? read.value : null;
  }

  private use(): Promise<Result<HistoryFile>> {
    return (this.file ??= this.open());
  }

  private async open(): Promise<Result<HistoryFile>> {
    const { configDir, clock, log, load = loadDriver } = this.options;
    const driver = await load();
    if (!driver.ok) {
      log(`history: ${driver.error.message} ${driver.error.detail ?? ''}`);
      return driver;
    }
    this.ready = new HistoryFile(historyFolder(configDir), driver.value, clock, log);
    return ok(this.ready);
  }

  /** Writes what waits; what cannot be written waits on. @param waits for another process that writes */
  private write(waits = true): void {
    const file = this.ready;
    if (file === null) return;
    const { clock } = this.options;
    const batch = this.waiting;
    if (batch.length > 0) {
      const now = clock.now();
      const wrote = file.write(
        (database, epoch) => ({ rows: writeEntries(database, batch, epoch, now), epoch }),
        waits,
      );
      if (!wrote.ok) return;
      for (const { stretch, id } of wrote.value.rows) stretch.row = { id, epoch: wrote.value.epoch };
      this.waiting = [];
      this.stretches = new Set();
      this.bytes = 0;
    }
    if (clock.monotonic() - this.boundAt < BOUND_EVERY) return;
    this.boundAt = clock.monotonic();
    file.write((database) => {
      keepBound(database, clock.now());
    });
    file.outside(giveBack);
  }

  private drop(): void {
    const oldest = this.waiting.shift();
    if (oldest === undefined) return;
    this.bytes -= roughSize(oldest);
    if (oldest.kind === 'seen') this.stretches.delete(oldest.stretch);
    this.dropped += 1;
  }

  private troubleOf(file: HistoryFile): Fault | null {
    if (file.trouble !== null || this.dropped === 0) return file.trouble;
    return {
      code: 'history-incomplete',
      message: `${this.dropped} entries of the history were lost, because they could not be written for too long.`,
      fix: 'It is written again; what is missing is shown as not watched.',
      where: {},
    };
  }
}

/** Where nothing can be read: why stands beside it, so that nobody takes it for a quiet time. */
const nothing = ({ from, to }: Asked, trouble: Fault): FleetHistory => ({
  ...{ from, to, step: Math.max(1, to - from), pulls: [], servers: [], events: [] },
  ...{ bound: DEFAULT_BOUND, bytes: 0, oldest: null, trouble },
});
