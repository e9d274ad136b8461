import type { Readable } from 'node:stream';
import { fail, ok, type Result } from '../../../../shared/result';
import { type At, faultAt } from '../ssh/faults';
import { settle } from '../ssh/limits';
import { Demultiplexer, type Frame } from './demux';
import { engineFault } from './faults';

/** What one stream of a program may print before it is cut off. */
export const OUTPUT_LIMIT = 8 * 1024 * 1024;

/** What a program printed. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  readonly cut: boolean;
}

/** Reads a multiplexed stream to its end. Past the limit on either stream it is left and what came so far is returned, `cut`. */
export function collect(
  stream: Readable,
  at: At,
  doing: string,
  signal: AbortSignal,
  limit = OUTPUT_LIMIT,
): Promise<Result<Printed>> {
  return settle([signal], (done) => {
    const frames = new Demultiplexer();
    const into = { stdout: new Kept(limit), stderr: new Kept(limit) };
    const finish = (cut: boolean) =>
      done(ok({ stdout: into.stdout.text(), stderr: into.stderr.text(), cut }));
    const take = ({ stream: name, bytes }: Frame): boolean => into[name].add(bytes);
    stream
      .on('data', (chunk: Buffer) => {
        const read = frames.push(chunk);
        if (read === null) {
          stream.destroy();
          done(fail(notMultiplexed(at, doing)));
        } else if (!read.every(take)) {
          finish(true);
          stream.destroy();
        }
      })
      .once('end', () => {
        if (frames.pending === 0) finish(false);
        else done(fail(engineFault(at, new Error('the stream ended within a frame'), doing, signal)));
      })
      .once('error', (error) => done(fail(engineFault(at, error, doing, signal))))
      .once('close', () => done(fail(engineFault(at, new Error('the stream was closed'), doing, signal))));
    return () => stream.destroy();
  });
}

class Kept {
  private readonly chunks: Buffer[] = [];
  private size = 0;

  constructor(private readonly limit: number) {}

  /** False: the limit is passed; what fits was kept. */
  add(bytes: Buffer): boolean {
    const room = this.limit - this.size;
    this.chunks.push(bytes.subarray(0, room));
    this.size += Math.min(bytes.length, room);
    return bytes.length <= room;
  }

  text(): string {
    return Buffer.concat(this.chunks).toString('utf8');
  }
}

const notMultiplexed = (at: At, doing: string) =>
  faultAt(
    at,
    'engine-speaks-otherwise',
    `the engine’s answer cannot be read (${doing})`,
    'Check that the endpoint is a Docker Engine or Podman.',
  );
