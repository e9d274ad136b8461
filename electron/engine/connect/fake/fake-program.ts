import { HeadOutput } from '../common/head-output';
import type { HeadWanted, Output } from '../connection';

/** A piece of what a program prints, on one of its streams. */
export type Piece = { readonly out: Uint8Array | string } | { readonly err: Uint8Array | string };

/**
 * What runs when a connection runs kanidmd: gives pieces until it ends with its exit code.
 * @param argv without the program's name, with `-c CONFIG` as the connection added it.
 */
export type FakeProgram = (argv: readonly string[]) => AsyncGenerator<Piece, number, undefined>;

/** What one stream may print before the program is cut off. Bytes. */
const OUTPUT_LIMIT = 8 * 1024 * 1024;

/** Runs a program to its end, or until it has printed too much. */
export async function collected(
  running: AsyncGenerator<Piece, number, undefined>,
  head?: HeadWanted,
): Promise<Output> {
  const wanted = head === undefined ? null : new HeadOutput(head);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const left = { out: OUTPUT_LIMIT, err: OUTPUT_LIMIT };
  const output = (exitCode: number | null, cut: boolean): Output => ({
    exitCode,
    stdout: Buffer.concat(out).toString('utf8'),
    stderr: Buffer.concat(err).toString('utf8'),
    cut,
  });
  for (;;) {
    const next = await running.next();
    if (next.done) return output(next.value, false);
    const name = 'out' in next.value ? 'out' : 'err';
    const bytes = Buffer.from('out' in next.value ? next.value.out : next.value.err);
    if (name === 'out' && wanted !== null) {
      if (wanted.add(bytes)) continue;
      void running.return(0);
      return output(null, true);
    }
    (name === 'out' ? out : err).push(bytes.subarray(0, left[name]));
    left[name] -= bytes.length;
    if (left[name] < 0) {
      void running.return(0);
      return output(null, true);
    }
  }
}
