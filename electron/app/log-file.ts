import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileWords } from '../engine/storage/file-words';
import { appendLine } from '../engine/storage/append-line';

/** The app's log: what happened before something went wrong. Never a secret, never a server's file. */
export interface LogFile {
  readonly path: string;
  /** Why it cannot be written, as it was opened; null: it can. */
  readonly trouble: string | null;
  write(line: string): void;
}

const MOST_BYTES = 2_000_000;

/**
 * Opens the log. A full one becomes `FILE.1`, so two are kept. Writing is synchronous, so that the last lines before a
 * crash are in it; where it cannot be written, the app goes on without it.
 *
 * @param path its folder is made when missing
 */
export function openLogFile(path: string, mostBytes = MOST_BYTES): LogFile {
  return {
    path,
    trouble: open(path),
    write: (line) => {
      try {
        appendLine(path, line, mostBytes);
      } catch (cause) {
        process.stderr.write(`the log file could not be written: ${String(cause)}\n${line}\n`);
      }
    },
  };
}

function open(path: string): string | null {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    appendFileSync(path, '', { mode: 0o600 });
    return null;
  } catch (cause) {
    const trouble = `The log file cannot be written: ${fileWords(cause)}. Kanilink continues without it. ${path}`;
    process.stderr.write(`${trouble}\n`);
    return trouble;
  }
}
