import { ok, type Result } from '../../../../shared/result';
import type { Output } from '../connection';
import { settle } from './limits';
import type { SshSession } from './session';

/** What one stream of a program may print before it is cut off. */
export const OUTPUT_LIMIT = 8 * 1024 * 1024;

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
}

/**
 * Runs one program to its end. Past `maxBytes` on either stream the program is stopped and what came so far is returned,
 * `cut`. When the signal ends the wait, the channel is closed.
 */
export async function run(
  session: SshSession,
  argv: readonly string[],
  signal: AbortSignal,
  { maxBytes = OUTPUT_LIMIT, input }: RunOptions = {},
): Promise<Result<RawOutput>> {
  const started = await session.start(argv, signal);
  if (!started.ok) return started;
  const program = started.value;
  const { channel } = program;
  return settle([signal, session.ended], (done) => {
    const stdout = new Collected(maxBytes);
    const stderr = new Collected(maxBytes);
    const finish = (cut: boolean) =>
      done(
        ok({
          exitCode: cut ? null : program.exitCode,
          stdout: stdout.bytes(),
          stderr: stderr.bytes(),
          cut,
        }),
      );
    const take = (into: Collected) => (chunk: Buffer) => {
      if (into.add(chunk)) return;
      finish(true);
      program.stop();
    };
    channel.on('data', take(stdout));
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

class Collected {
  private readonly chunks: Buffer[] = [];
  private size = 0;

  constructor(private readonly limit: number) {}

  /** False: the limit is passed; what fits was kept. */
  add(chunk: Buffer): boolean {
    const room = this.limit - this.size;
    this.chunks.push(chunk.subarray(0, room));
    this.size += Math.min(chunk.length, room);
    return chunk.length <= room;
  }

  bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}
