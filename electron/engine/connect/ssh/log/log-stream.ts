import { ok, type Result } from '../../../../../shared/base/result';
import { traceStep } from '../../../base/trace';
import type { LogItem } from '../../connection';
import { errorText } from '../../common/faults';
import { JournalReader } from './journal';
import { settle } from '../../common/limits';
import type { Program } from '../session/program';
import type { SshSession } from '../session/session';

/** Lines, and their characters, held for a slow reader before the server is made to wait. */
const HELD = 2_000;
const HELD_TEXT = 4 * 1024 * 1024;

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
  const started = await traceStep(argv, () => session.start(argv, signal));
  return started.ok ? ok(logStream(started.value, session, unit)) : started;
}

function logStream(program: Program, session: SshSession, unit: string): LogStream {
  const { channel } = program;
  const reader = new JournalReader(unit);
  let held: LogItem[] = [];
  let heldText = 0;
  let ended: Next | null = null;
  let stderr = '';
  let wake = (): void => undefined;
  channel.on('data', (chunk: Buffer) => {
    // Nothing that a server prints may throw here: nobody catches it, and every server's watch would end.
    try {
      for (const item of reader.push(chunk)) {
        held.push(item);
        heldText += textLength(item);
      }
    } catch (error) {
      held.push({ kind: 'gap', reason: `What journalctl printed could not be read: ${errorText(error)}` });
    }
    if (held.length >= HELD || heldText >= HELD_TEXT) channel.pause();
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
        heldText = 0;
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

const textLength = (item: LogItem): number =>
  item.kind === 'line' ? item.text.length : item.kind === 'gap' ? item.reason.length : 0;
