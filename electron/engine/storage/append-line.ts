import { appendFileSync, renameSync, statSync } from 'node:fs';
import { wallNow } from '../base/time';

/**
 * Appends a line with its time to a file of this user's own. Synchronous, so that the last lines before a crash are in it.
 * @param mostBytes a file that is larger becomes `FILE.1` first, so two are kept.
 * @throws as the file system does.
 */
export function appendLine(path: string, line: string, mostBytes: number): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size >= mostBytes) renameSync(path, `${path}.1`);
  appendFileSync(path, `${new Date(wallNow()).toISOString()} ${line}\n`, { mode: 0o600 });
}
