import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The app's log: what happened before something went wrong. Never a secret, never a server's file. */
export interface LogFile {
  readonly path: string;
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
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return {
    path,
    write: (line) => {
      try {
        rotate(path, mostBytes);
        appendFileSync(path, `${new Date().toISOString()} ${line}\n`, { mode: 0o600 });
      } catch (cause) {
        process.stderr.write(`the log file could not be written: ${String(cause)}\n${line}\n`);
      }
    },
  };
}

function rotate(path: string, mostBytes: number): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size >= mostBytes) renameSync(path, `${path}.1`);
}
