import { fail, ok, type Result } from '../../../shared/base/result';
import { errorOf } from '../base/unexpected';

type Row = Readonly<Record<string, unknown>>;
type Bound = string | number | null;

interface Statement {
  get(...values: readonly (Bound | Readonly<Record<string, Bound>>)[]): Row | undefined;
  all(...values: readonly (Bound | Readonly<Record<string, Bound>>)[]): readonly Row[];
  run(...values: readonly Bound[]): {
    readonly changes: number | bigint;
    readonly lastInsertRowid: number | bigint;
  };
}

/** An open SQLite database: what is used of `node:sqlite`'s interface (`decisions/0041`). */
export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

/** Opens a database file; makes it when it is not there. Throws as SQLite does. */
export type OpenDatabase = (path: string) => Database;

/** How long a write waits for another process's, in milliseconds: the engine does nothing else meanwhile. */
export const BUSY_MS = 250;

/**
 * Loads SQLite. It is an optional package: on a machine for which none was built, everything but history works.
 * @returns `history-without-driver` where there is none.
 */
export async function loadDriver(): Promise<Result<OpenDatabase>> {
  try {
    const sqlite = await import('@photostructure/sqlite');
    return ok((path) => new sqlite.DatabaseSync(path, { timeout: BUSY_MS, defensive: true }));
  } catch (cause) {
    return fail({
      code: 'history-without-driver',
      message: 'No history is kept: there is no SQLite for this machine in this installation.',
      fix: 'Everything else works. Install Kanilink again with its optional packages to keep a history.',
      detail: errorOf(cause).message,
      where: {},
    });
  }
}

/** SQLite's own number of what went wrong, without its finer part; null: it was not SQLite. */
export const sqliteCode = (error: unknown): number | null =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : null;

/** Of the numbers of SQLite. */
export const code = { busy: 5, locked: 6, corrupt: 11, full: 13, notADatabase: 26 } as const;

/** The file is not what SQLite wrote. */
export const isDamage = (error: unknown): boolean => {
  const number = sqliteCode(error);
  return number === code.corrupt || number === code.notADatabase;
};

/** Another process writes: it is over in a moment. */
export const isBusy = (error: unknown): boolean => {
  const number = sqliteCode(error);
  return number === code.busy || number === code.locked;
};
