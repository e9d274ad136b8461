import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { appendLine } from '../../engine/storage/append-line';

/** Beyond this the old lines go to `FILE.1`. */
const LARGEST = 5_000_000;

/** Appends lines with their time to a log file. A log that cannot be written never stops a command. */
export function appendingTo(file: string): (line: string) => void {
  return (line) => {
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      appendLine(file, line, LARGEST);
    } catch {
      // A full disk or a read-only home: the command itself matters more.
    }
  };
}
