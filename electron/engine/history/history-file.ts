import { fail, type Fault, ok, type Result } from '../../../shared/base/result';
import type { Clock } from '../base/time';
import { BUSY_MS, type Database, isBusy, isDamage, type OpenDatabase } from './driver';
import { migrate } from './migrate';
import { beginAfter, damaged, identityOf, notKept, preparePlace, tooNew } from './place';

/** A file that could not be used is tried again after so long, in milliseconds. */
const AGAIN_AFTER = 30_000;

interface Opened {
  readonly path: string;
  readonly database: Database;
  readonly identity: string | null;
  /** Goes up with every opening: row numbers of an earlier one mean nothing. */
  readonly epoch: number;
}

/**
 * The file of the history, opened when it is needed. After one that is damaged a new one is begun; where another process
 * has begun one, that is opened. Nothing here throws what a disk or another process did.
 */
export class HistoryFile {
  /** What stands in the way, or what was damaged; null: all is well. */
  trouble: Fault | null = null;
  private opened: Opened | null = null;
  private epoch = 0;
  /** Not tried again before, monotonic. */
  private notBefore = -Infinity;

  constructor(
    private readonly folder: string,
    private readonly open: OpenDatabase,
    private readonly clock: Clock,
    private readonly log: (text: string) => void,
  ) {}

  /**
   * Writes, in one transaction: whole or not at all.
   * @param waits whether another process's write is waited for, while the engine does nothing else.
   * @returns the fault that stands in the way; `history-busy` while another process writes.
   */
  write<T>(work: (database: Database, epoch: number) => T, waits = true): Result<T> {
    const wrote = this.run((database, epoch) => whole(database, () => work(database, epoch), waits));
    if (wrote.ok && this.trouble?.code !== 'history-damaged') this.trouble = null;
    return wrote;
  }

  /** Reads, in one transaction of its own: no write of any process holds it up, and it holds up none. */
  read<T>(work: (database: Database, epoch: number) => T): Result<T> {
    return this.run((database, epoch) => asItIs(database, () => work(database, epoch)));
  }

  private run<T>(work: (database: Database, epoch: number) => T): Result<T> {
    for (let tries = 0; ; tries += 1) {
      const opened = this.use();
      if (!opened.ok) return opened;
      const { database, epoch, path } = opened.value;
      try {
        return ok(work(database, epoch));
      } catch (cause) {
        const fault = this.failed(cause, path);
        // After a damaged file a new one was begun: the work is done in that.
        if (fault.code !== 'history-damaged' || tries > 0) return fail(fault);
      }
    }
  }

  /** Does what SQLite does in no transaction; what fails is for the next time. */
  outside(work: (database: Database) => void): void {
    const opened = this.use();
    if (!opened.ok) return;
    try {
      work(opened.value.database);
    } catch (cause) {
      this.failed(cause, opened.value.path);
    }
  }

  close(): void {
    try {
      // The driver holds what is open until its memory is collected: the log beside the file is emptied by hand.
      this.opened?.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch (cause) {
      this.log(`history: closing: ${String(cause)}`);
    }
    try {
      this.opened?.database.close();
    } catch (cause) {
      this.log(`history: closing: ${String(cause)}`);
    }
    this.opened = null;
  }

  private use(): Result<Opened> {
    if (this.opened !== null && identityOf(this.folder) === this.opened.identity) return ok(this.opened);
    this.close();
    if (this.trouble !== null && this.clock.monotonic() < this.notBefore) return fail(this.trouble);
    for (let tries = 0; ; tries += 1) {
      const opened = this.opening();
      if (opened.ok || opened.error.code !== 'history-damaged' || tries > 0) return opened;
    }
  }

  private opening(): Result<Opened> {
    const prepared = preparePlace(this.folder);
    if (!prepared.ok) return fail(this.stands(prepared.error));
    const { file, damaged: before } = prepared.value;
    try {
      const identity = identityOf(this.folder);
      const database = this.open(file);
      this.opened = { path: file, database, identity, epoch: (this.epoch += 1) };
      if (!migrate(database)) {
        this.close();
        return fail(this.stands(tooNew(file)));
      }
      this.trouble = before === null ? null : damaged(before);
      return ok(this.opened);
    } catch (cause) {
      return fail(this.failed(cause, file));
    }
  }

  private failed(cause: unknown, path: string): Fault {
    if (isBusy(cause)) return BUSY;
    this.close();
    if (!isDamage(cause)) return this.stands(notKept(cause, path));
    try {
      beginAfter(this.folder, path);
      this.log(`history: damaged (${String(cause)}), a new file is begun beside ${path}`);
      this.notBefore = -Infinity;
      return (this.trouble = damaged(path));
    } catch (error) {
      return this.stands(notKept(error, path));
    }
  }

  private stands(fault: Fault): Fault {
    if (this.trouble?.code !== fault.code) this.log(`history: ${fault.message} ${fault.where.file ?? ''}`);
    this.trouble = fault;
    this.notBefore = this.clock.monotonic() + AGAIN_AFTER;
    return fault;
  }
}

const BUSY: Fault = {
  code: 'history-busy',
  message: 'Another Kanilink is writing the history.',
  fix: 'It is tried again.',
  where: {},
};

/** Everything or nothing; a write waits for its turn at the beginning, where waiting cannot fail halfway. */
function whole<T>(database: Database, work: () => T, waits: boolean): T {
  if (!waits) database.exec('PRAGMA busy_timeout = 0');
  try {
    database.exec('BEGIN IMMEDIATE');
  } finally {
    if (!waits) database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
  }
  return ended(database, work);
}

/** The database as it was at one moment, whoever writes it meanwhile. */
function asItIs<T>(database: Database, work: () => T): T {
  database.exec('BEGIN DEFERRED');
  return ended(database, work);
}

function ended<T>(database: Database, work: () => T): T {
  try {
    const value = work();
    database.exec('COMMIT');
    return value;
  } catch (cause) {
    try {
      database.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself, as it does when the disk is full.
    }
    throw cause;
  }
}
