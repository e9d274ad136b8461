import { constants } from 'node:os';
import type { MainExit, UnitResult } from './unit-status';

/** How a process ended as Node tells it; null when it could not be started. */
export type ProcessEnd = { readonly code: number | null; readonly signal: NodeJS.Signals | null } | null;

/** What systemd makes of the end of a main process. */
export interface Ending {
  readonly lastExit: MainExit;
  readonly result: UnitResult;
  /** What systemd says about it before the verdict; null when the process ended as it should. */
  readonly notice: string | null;
}

/**
 * Judges an end as systemd does for `Type=notify` (systemd.exec(5), "Process Exit Codes"; systemd.service(5)): exit 0 and
 * the signals that ask for an end are clean, unless the start was not done yet.
 *
 * @param stage where the unit was: still starting, running, being stopped, or being killed because it took too long.
 */
export function judge(end: ProcessEnd, stage: 'starting' | 'running' | 'stopping' | 'timed-out'): Ending {
  if (end === null) {
    const lastExit: MainExit = { code: 1, status: 203 };
    return { lastExit, result: 'exit-code', notice: 'code=exited, status=203/EXEC' };
  }
  const { signal } = end;
  const lastExit: MainExit = signal
    ? { code: 2, status: constants.signals[signal] }
    : { code: 1, status: end.code ?? 0 };
  const clean = signal ? CLEAN_SIGNALS.includes(signal) : lastExit.status === 0;
  const notice = clean
    ? null
    : signal
      ? `code=killed, status=${lastExit.status}/${signal.replace(/^SIG/, '')}`
      : `code=exited, status=${lastExit.status}/${exitName(lastExit.status)}`;
  return { lastExit, notice, result: resultOf(clean, signal !== null, stage) };
}

/** A promise's value, or `late` when it takes longer. The promise goes on. */
export async function withLimit<T>(promise: Promise<T>, limitMs: number): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

const CLEAN_SIGNALS: readonly string[] = ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGPIPE'];

function resultOf(clean: boolean, signalled: boolean, stage: Parameters<typeof judge>[1]): UnitResult {
  if (stage === 'timed-out') return 'timeout';
  if (clean) return stage === 'starting' ? 'protocol' : 'success';
  return signalled ? 'signal' : 'exit-code';
}

/** systemd names the exit statuses it knows; the others are `n/a`. */
function exitName(status: number): string {
  return { 1: 'FAILURE', 2: 'INVALIDARGUMENT', 126: 'n/a', 203: 'EXEC' }[status] ?? 'n/a';
}
