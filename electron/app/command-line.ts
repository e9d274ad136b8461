import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the command line asks of the window: `kanilink [FLEET] [--user-data-dir DIR] [--trace]`. */
export interface Arguments {
  /** Absolute; null: none was named. */
  readonly fleet: string | null;
  /** Absolute; null: the platform's place. */
  readonly userData: string | null;
  /** Every call to a server is written to the trace's file. */
  readonly trace: boolean;
}

const USER_DATA = '--user-data-dir';

/**
 * Reads the arguments of a start. Other switches are Chromium's and Electron's.
 *
 * @param argv the process's, the executable first
 * @param folder paths are relative to it
 * @param appPath in a checkout the app's own folder is an argument too; it is not a fleet
 */
export function readArguments(argv: readonly string[], folder: string, appPath: string): Arguments {
  const words = argv.slice(1);
  let fleet: string | null = null;
  let userData: string | null = null;
  for (const [index, word] of words.entries()) {
    if (word === USER_DATA) userData = words[index + 1] ?? null;
    else if (word.startsWith(`${USER_DATA}=`)) userData = word.slice(USER_DATA.length + 1);
    else if (word.startsWith('-') || words[index - 1] === USER_DATA) continue;
    else if (fleet === null && resolve(folder, word) !== resolve(appPath)) fleet = word;
  }
  const absolute = (path: string | null): string | null =>
    path === null || path === '' ? null : isAbsolute(path) ? path : resolve(folder, path);
  return {
    fleet: absolute(fleet === null ? null : pathOf(fleet)),
    userData: absolute(userData),
    trace: words.includes('--trace'),
  };
}

/** A menu entry with %U hands over a file's URL (Desktop Entry Specification, "The Exec key"), a person a path. */
function pathOf(word: string): string | null {
  if (!word.startsWith('file:')) return word;
  try {
    return fileURLToPath(word);
  } catch {
    // One of another host, say.
    return null;
  }
}
