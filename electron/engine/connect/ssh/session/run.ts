import { ok, type Result } from '../../../../../shared/base/result';
import { traceStep } from '../../../base/trace';
import type { HeadWanted, Output } from '../../connection';
import { BoundedOutput, OUTPUT_LIMIT } from '../../common/bounded-output';
import { HeadOutput } from '../../common/head-output';
import { settle } from '../../common/limits';
import type { SshSession } from './session';

/** What a program printed, as bytes. */
export interface RawOutput {
  /** Null: killed by a signal, or cut off. */
  readonly exitCode: number | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly cut: boolean;
}

/** How a program is run, where not as most are. */
export interface RunOptions {
  /** What one stream may print; default: {@link OUTPUT_LIMIT}. */
  readonly maxBytes?: number;
  /** What it reads; default: nothing. */
  readonly input?: Uint8Array;
  /** Its standard output goes there, and is not kept. */
  readonly head?: HeadWanted;
}

/**
 * Runs one program to its end. Past `maxBytes` on either stream the program is stopped and what came so far is returned,
 * `cut`. When the signal ends the wait, the channel is closed.
 */
export function run(
  session: SshSession,
  argv: readonly string[],
  signal: AbortSignal,
  options: RunOptions = {},
): Promise<Result<RawOutput>> {
  return traceStep(
    argv,
    () => runToEnd(session, argv, signal, options),
    ({ exitCode, cut }) => (cut ? 'cut' : `exit ${exitCode ?? 'by a signal'}`),
  );
}

async function runToEnd(
  session: SshSession,
  argv: readonly string[],
  signal: AbortSignal,
  { maxBytes = OUTPUT_LIMIT, input, head }: RunOptions,
): Promise<Result<RawOutput>> {
  const started = await session.start(argv, signal);
  if (!started.ok) return started;
  const program = started.value;
  const { channel } = program;
  return settle([signal, session.ended], (done) => {
    const stdout = new BoundedOutput(maxBytes);
    const stderr = new BoundedOutput(maxBytes);
    const finish = (cut: boolean) =>
      done(
        ok({
          exitCode: cut ? null : program.exitCode,
          stdout: stdout.bytes(),
          stderr: stderr.bytes(),
          cut,
        }),
      );
    const take = (into: Pick<BoundedOutput, 'add'>) => (chunk: Buffer) => {
      if (into.add(chunk)) return;
      finish(true);
      program.stop();
    };
    channel.on('data', take(head === undefined ? stdout : new HeadOutput(head)));
    channel.stderr.on('data', take(stderr));
    void program.closed.then(() => finish(false));
    channel.end(input === undefined ? undefined : Buffer.from(input));
    return () => program.stop();
  });
}

/** The same as text; bytes that are not UTF-8 become U+FFFD. */
export const asText = (raw: RawOutput): Output => ({
  exitCode: raw.exitCode,
  stdout: raw.stdout.toString('utf8'),
  stderr: raw.stderr.toString('utf8'),
  cut: raw.cut,
});
