import type { Readable } from 'node:stream';
import { fail, ok, type Result } from '../../../../../shared/base/result';
import { BoundedOutput, OUTPUT_LIMIT } from '../../common/bounded-output';
import { HeadOutput } from '../../common/head-output';
import type { HeadWanted } from '../../connection';
import type { ServerPlace } from '../../common/faults';
import { settle } from '../../common/limits';
import { Demultiplexer, type Frame } from './demux';
import { dockerFault, speaksOtherwise } from './faults';

/** What a program printed. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  readonly cut: boolean;
}

/**
 * Reads a multiplexed stream to its end. Past the limit on either stream it is left and what came so far is returned, `cut`.
 * @param head standard output goes there, and is not kept.
 */
export function collect(
  stream: Readable,
  where: ServerPlace,
  doing: string,
  signal: AbortSignal,
  { limit = OUTPUT_LIMIT, head }: { readonly limit?: number; readonly head?: HeadWanted } = {},
): Promise<Result<Printed>> {
  return settle([signal], (done) => {
    const frames = new Demultiplexer();
    const into = { stdout: new BoundedOutput(limit), stderr: new BoundedOutput(limit) };
    const finish = (cut: boolean) =>
      done(ok({ stdout: into.stdout.text(), stderr: into.stderr.text(), cut }));
    const wanted = head === undefined ? into.stdout : new HeadOutput(head);
    const take = ({ stream: name, bytes }: Frame): boolean =>
      (name === 'stdout' ? wanted : into.stderr).add(bytes);
    stream
      .on('data', (chunk: Buffer) => {
        const read = frames.push(chunk);
        if (read === null) {
          stream.destroy();
          done(fail(speaksOtherwise(where, doing, NOT_MULTIPLEXED)));
        } else if (!read.every(take)) {
          finish(true);
          stream.destroy();
        }
      })
      .once('end', () => {
        if (frames.pending === 0) finish(false);
        else done(fail(dockerFault(where, new Error('the stream ended within a frame'), doing, signal)));
      })
      .once('error', (error) => done(fail(dockerFault(where, error, doing, signal))))
      .once('close', () => done(fail(dockerFault(where, new Error('the stream was closed'), doing, signal))));
    return () => stream.destroy();
  });
}

/** What is wrong with a stream that cannot be taken apart. */
export const NOT_MULTIPLEXED = 'the stream is not multiplexed as Docker’s are';
