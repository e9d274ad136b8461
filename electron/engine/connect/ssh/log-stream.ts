import { ok, type Result } from '../../../../shared/result';
import type { LogItem } from '../connection';
import { JournalReader } from './journal';
import { settle } from './limits';
import type { Program } from './program';
import type { SshSession } from './session';

/** Lines held for a slow reader before the server is made to wait. */
const HELD = 2_000;

/** journalctl's words for a journal that this user may not read. */
export const HIDDEN = /not seeing messages|insufficient permissions|No journal files were opened/;

/** What came next from a running journalctl. */
export type Next =
  | { readonly kind: 'items'; readonly items: readonly LogItem[] }
  | { readonly kind: 'ended'; readonly exitCode: number | null; readonly stderr: string };

/** A running journalctl, read in batches. */
export interface LogStream {
  /** Waits for lines; a fault when the signal or the connection ends the wait. */
  next(signal: AbortSignal): Promise<Result<Next>>;
  /** Stops it, on the server too. */
  stop(): void;
}

/** Starts journalctl with these arguments, reading JSON entries of `unit`. */
export async function startLogStream(
  session: SshSession,
  argv: readonly string[],
  unit: string,
  signal: AbortSignal,
): Promise<Result<LogStream>> {
  const started = await session.start(argv, signal);
  return started.ok ? ok(logStream(started.value, session, unit)) : started;
}

function logStream(program: Program, session: SshSession, unit: string): LogStream {
  const { channel } = program;
  const reader = new JournalReader(unit);
  let held: LogItem[] = [];
  let ended: Next | null = null;
  let stderr = '';
  let wake = (): void => undefined;
  channel.on('data', (chunk: Buffer) => {
    for (const item of reader.push(chunk)) held.push(item);
    if (held.length >= HELD) channel.pause();
    wake();
  });
  channel.stderr.on('data', (chunk: Buffer) => {
    // The end is what says why it failed.
    stderr = (stderr + chunk.toString('utf8')).slice(-4_000);
    // It says so and goes on, with nothing of the unit to show: silence that would look like a quiet server.
    if (HIDDEN.test(stderr) && ended === null) {
      ended = { kind: 'ended', exitCode: null, stderr };
      program.stop();
      wake();
    }
  });
  void program.closed.then(() => {
    ended ??= { kind: 'ended', exitCode: program.exitCode, stderr };
    wake();
  });
  return {
    next: (signal) => {
      const take = (): Next | null => {
        if (held.length === 0) return ended;
        const items = held;
        held = [];
        channel.resume();
        return { kind: 'items', items };
      };
      const ready = take();
      if (ready) return Promise.resolve(ok(ready));
      return settle([signal, session.ended], (done) => {
        const sleep = () => (wake = () => undefined);
        wake = () => {
          const next = take();
          if (next === null) return;
          // Nobody waits any more: what comes now is held for the next wait.
          sleep();
          done(ok(next));
        };
        return sleep;
      });
    },
    stop: () => program.stop(),
  };
}
