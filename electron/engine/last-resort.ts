import { errorOf } from './base/unexpected';

/** Where exceptions that nobody caught arrive: the process. */
export interface Uncaught {
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (cause: unknown) => void): unknown;
}

/** More exceptions than this within a minute are no accident of one server: the process is not to be trusted. */
const MOST_SURVIVED = 20;
const WITHIN_MS = 60_000;

/**
 * What a process does about an exception that nobody caught. It was one event of one connection: everything that waits
 * for that connection has a limit and ends with a fault, a deploy with its undoing and a whole journal, while ending the
 * process would cut short every other server's work. So it is written down, and the process goes on; too many of them
 * end it in order.
 * @param parts `survived` is told each time; `tooMany` once.
 */
export function catchUncaught(
  source: Uncaught,
  parts: {
    readonly log: (line: string) => void;
    readonly monotonic: () => number;
    readonly survived?: (error: Error) => void;
    readonly tooMany: () => void;
  },
): void {
  let times: number[] = [];
  let over = false;
  const caught = (cause: unknown): void => {
    const error = errorOf(cause);
    parts.log(`unexpected: ${error.stack ?? error.message}`);
    parts.survived?.(error);
    const now = parts.monotonic();
    times = [...times.filter((at) => now - at < WITHIN_MS), now];
    if (over || times.length <= MOST_SURVIVED) return;
    over = true;
    parts.log(`more than ${MOST_SURVIVED} unexpected exceptions within a minute: ending`);
    parts.tooMany();
  };
  source.on('uncaughtException', caught);
  source.on('unhandledRejection', caught);
}
