import { Duplex } from 'node:stream';
import { type ServerPlace, faultAt } from '../common/faults';
import type { Program } from '../ssh/session/program';
import { FaultError } from '../docker/api/faults';

/** What is kept of a program's words. Bytes. */
const WORDS = 16 * 1024;

/** A program's stdin and stdout as a socket for Node's HTTP client. */
export class ProgramStream extends Duplex {
  private words = '';

  constructor(
    private readonly program: Program,
    where: ServerPlace,
  ) {
    super({ allowHalfOpen: true });
    const { channel } = program;
    channel.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) channel.pause();
    });
    channel.stderr.on('data', (chunk: Buffer) => {
      if (this.words.length < WORDS) this.words += chunk.toString('utf8').slice(0, WORDS);
    });
    void program.closed.then(() => {
      if (program.exitCode === 0) this.push(null);
      else
        this.destroy(
          new FaultError(
            faultAt(
              where,
              'connection-lost',
              'the connection to the engine was lost',
              'Check that the Docker Engine there runs, then try again.',
              { detail: this.words.trim() },
            ),
          ),
        );
    });
  }

  override _read(): void {
    this.program.channel.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.program.channel.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.program.channel.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.program.stop();
    done(error);
  }

  // What Node's HTTP client asks of a socket; the SSH connection below keeps itself alive.
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
