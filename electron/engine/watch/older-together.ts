import type { LogLineView } from '../../../shared/ipc';
import type { OlderLines } from '../../../shared/ipc/older-lines';
import { MOST_OLDER_LINES } from '../../../shared/ipc/older-bounds';
import { fail, type Fault, ok, type Result } from '../../../shared/base/result';

/** What was read of one server. Times are microseconds, our clock. */
export interface Part {
  readonly server: string;
  readonly lines: readonly LogLineView[];
  /** Null: the server keeps nothing older. */
  readonly from: number | null;
  readonly fault: Fault | null;
}

/**
 * What was read of all servers, from the time on that all were read back to; of more lines than are told at once the newest.
 * @param before where reading back began, microseconds, our clock.
 * @returns the first server's fault where none could be read.
 */
export function togetherOf(parts: readonly Part[], before: number): Result<OlderLines> {
  const fault = parts.find((part) => part.fault !== null)?.fault ?? null;
  if (fault !== null && parts.every((part) => part.fault !== null)) return fail(fault);
  const ends = parts.flatMap(({ from }) => (from === null ? [] : [from]));
  const oldest = parts.flatMap(({ lines }) => lines.map(timeOf)).reduce((a, b) => Math.min(a, b), before);
  const end = ends.length === 0 ? oldest : Math.max(...ends);
  const all = parts
    .flatMap((part) => part.lines)
    .filter((line) => timeOf(line) >= end)
    .sort((a, b) => timeOf(a) - timeOf(b));
  const lines = all.slice(-MOST_OLDER_LINES);
  const [first] = lines;
  const from = all.length > lines.length && first !== undefined ? timeOf(first) : end;
  const told = new Set(lines);
  const servers = parts.map((part) => ({
    server: part.server,
    more: part.fault !== null || part.from !== null || part.lines.some((line) => !told.has(line)),
    fault: part.fault,
  }));
  return ok({ lines, from, servers });
}

const timeOf = ({ at, offset }: LogLineView): number => at - offset;
