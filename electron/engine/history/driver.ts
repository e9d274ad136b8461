import { fail, type Fault, ok, type Result } from '../../../shared/base/result';
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
    return fail(withoutDriver(cause));
  }
}

type Runtime = Pick<NodeJS.Process, 'versions' | 'platform' | 'arch'>;

/**
 * Says that there is no SQLite, and what brings one to this kind of installation.
 * @param runtime the process: the app's packages hold SQLite, npm brings it to a Node
 */
export function withoutDriver(cause: unknown, { versions, platform, arch }: Runtime = process): Fault {
  const isBuilt = BUILT_FOR.platforms.includes(platform) && BUILT_FOR.architectures.includes(arch);
  const isMissing =
    isBuilt && cause instanceof Error && 'code' in cause && MISSING.includes(String(cause.code));
  const again =
    'electron' in versions
      ? 'Install the package of Kanilink that was made for this machine.'
      : 'Install Kanilink again where npm’s registry answers, without --omit=optional; an image of a container is built from such an installation.';
  return {
    code: 'history-without-driver',
    message: isMissing
      ? 'No history is kept: SQLite did not come with this installation.'
      : 'No history is kept: this installation has no SQLite that runs on this machine.',
    fix: isMissing
      ? again
      : 'It comes built for Linux, macOS and Windows on x64 and arm64: use Kanilink on one of these.',
    detail: errorOf(cause).message,
    where: {},
  };
}

/** What `@photostructure/sqlite` is built for. Elsewhere npm leaves it out. */
const BUILT_FOR: { readonly platforms: readonly string[]; readonly architectures: readonly string[] } = {
  platforms: ['linux', 'darwin', 'win32'],
  architectures: ['x64', 'arm64'],
};

/** Node's codes of a package that is not there. */
const MISSING: readonly string[] = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'];

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
