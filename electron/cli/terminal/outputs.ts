import type { Writable } from 'node:stream';
import { exit } from '../base/world';

/** Standard output and error, watched for writes that fail. */
export interface Outputs {
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Prints a line on standard error. */
  readonly say: (text: string) => void;
  /** Nobody reads one of them any more, as in `kanilink logs … | head`. */
  readonly closed: () => void;
}

/**
 * Watches the outputs of a command.
 * @returns waits until all that was printed is written, and makes the exit code of the program from the command's: a
 *   result that could not be written (a full disk) is a failure; a reader that stopped reading is not.
 */
export function watchOutputs({ stdout, stderr, say, closed }: Outputs): (code: number) => Promise<number> {
  let lost: Error | null = null;
  const watch = (stream: Writable, failed: (error: Error) => void): void =>
    void stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') closed();
      else failed(error);
    });
  watch(stdout, (error) => (lost ??= error));
  // There is no place left where this could be said.
  watch(stderr, () => undefined);
  return async (code) => {
    await written(stdout);
    const fault = lost as Error | null;
    if (fault !== null) say(`kanilink: standard output could not be written: ${fault.message}`);
    await written(stderr);
    return fault !== null && code === exit.well ? exit.failed : code;
  };
}

const written = (stream: Writable): Promise<void> =>
  new Promise((resolve) => {
    stream.write('', () => resolve());
  });
