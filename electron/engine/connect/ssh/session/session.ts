import { setMaxListeners } from 'node:events';
import type { Duplex } from 'node:stream';
import type { Client, SFTPWrapper } from 'ssh2';
import { type Fault, fail, ok, type Result } from '../../../../../shared/base/result';
import type { Pooled } from '../../common/pool';
import { type ServerPlace, faultAt } from '../../common/faults';
import { connectionFault } from './connection-fault';
import { Gate } from '../../common/gate';
import { pause, settle, Stopped, within } from '../../common/limits';
import { closedForGood } from './closed-for-good';
import { Program } from './program';
import { quote } from './quote';
import { Sftp } from './sftp';

/** sshd allows ten sessions in a connection by default (MaxSessions); two are left for other programs. */
const CHANNELS = 8;
/**
 * A program that was given up keeps its session until it ends, for sshd kills it no more than it passes signals on to
 * root's programs (measured on 9.2). A refused channel is therefore asked for again for a few seconds.
 */
const CHANNEL_TRIES = 12;
const CHANNEL_PAUSE_MS = 250;
const SFTP_MS = 20_000;

/** RFC 4254, 5.1: the administrator forbids it. */
const PROHIBITED = 1;

const jumpRefused = (where: ServerPlace, host: string, port: number, detail: string): Fault =>
  faultAt(
    where,
    'jump-refused',
    `the host gives no connection to ${host}:${port}`,
    'Check that it reaches that address, and AllowTcpForwarding and PermitOpen in its sshd_config.',
    { detail },
  );

/** One authenticated connection: programs by argv, and files. Not reconnected; the pool makes a new one. */
export class SshSession implements Pooled {
  private readonly over = new AbortController();
  private readonly gate = new Gate(CHANNELS);
  private files: Promise<Result<Sftp>> | null = null;

  constructor(
    private readonly client: Client,
    readonly where: ServerPlace,
  ) {
    setMaxListeners(0, this.over.signal);
    let cause: Error | null = null;
    client.on('error', (error) => (cause ??= error));
    client.on('close', () => {
      this.over.abort(
        new Stopped(connectionFault(where, cause ?? new Error('closed by the server'), 'connected')),
      );
    });
  }

  /** Aborts when the connection is gone; its reason is what every wait in it ends with. */
  get ended(): AbortSignal {
    return this.over.signal;
  }

  /**
   * Starts a program. Its channel counts against the connection's limit until it closes.
   * @returns the running program; the caller stops it or waits for its end.
   */
  async start(argv: readonly string[], signal: AbortSignal): Promise<Result<Program>> {
    const command = quote(argv);
    if (command === null)
      return fail(
        faultAt(
          this.where,
          'argument-invalid',
          'an argument holds a NUL byte',
          'Correct the path or name in the fleet.',
          {
            detail: JSON.stringify(argv),
          },
        ),
      );
    const leave = await this.gate.enter([signal, this.ended]);
    if (!leave.ok) return leave;
    let started = await this.openProgram(command, signal);
    for (
      let tries = 1;
      tries < CHANNEL_TRIES && !started.ok && started.error.code === 'channel-refused';
      tries++
    ) {
      await pause(CHANNEL_PAUSE_MS, signal);
      started = await this.openProgram(command, signal);
    }
    if (started.ok) void started.value.closed.then(leave.value);
    else leave.value();
    return started;
  }

  /** Under a limit of its own, for several calls may wait for the one channel. */
  private openSftp(): Promise<Result<SFTPWrapper>> {
    const limit = { signal: new AbortController().signal, timeoutMs: SFTP_MS };
    return within(limit, this.where, 'opening SFTP', (signal) =>
      this.open<SFTPWrapper>(
        signal,
        (opened, refused) => this.client.sftp((error, sftp) => (error ? refused(error) : opened(sftp))),
        (sftp) => sftp.end(),
      ),
    );
  }

  private openProgram(command: string, signal: AbortSignal): Promise<Result<Program>> {
    return this.open<Program>(
      signal,
      (opened, refused) =>
        this.client.exec(command, (error, channel) =>
          error ? refused(error) : opened(new Program(closedForGood(channel))),
        ),
      (program) => program.stop(),
    );
  }

  /** The connection's one SFTP channel, opened at first use. */
  async sftp(signal: AbortSignal): Promise<Result<Sftp>> {
    this.files ??= this.openSftp().then((opened) => {
      if (opened.ok) {
        const wrapper = opened.value;
        wrapper.on('error', () => undefined).once('close', () => (this.files = null));
        return ok(new Sftp(wrapper, this.where, this.ended));
      }
      this.files = null;
      if (opened.error.code !== 'channel-refused') return opened;
      return fail({
        ...opened.error,
        code: 'sftp-unavailable',
        message: `${this.where.endpoint}: the server offers no SFTP`,
        fix: 'Enable it in sshd_config: Subsystem sftp internal-sftp.',
      });
    });
    const files = this.files;
    return settle([signal, this.ended], (done) => void files.then(done));
  }

  /**
   * A TCP connection from the server on to another host (`ssh -W`).
   * @param refused the fault when it will not (`prohibited`) or cannot, with sshd's words; default: `jump-refused`.
   */
  async forward(
    host: string,
    port: number,
    signal: AbortSignal,
    refused: (where: ServerPlace, port: number, prohibited: boolean, detail: string) => Fault = (
      where,
      to,
      _,
      detail,
    ) => jumpRefused(where, host, to, detail),
  ): Promise<Result<Duplex>> {
    let prohibited = false;
    const opened = await this.open<Duplex>(
      signal,
      (channel, failed) =>
        this.client.forwardOut('127.0.0.1', 0, host, port, (error, stream) => {
          if (!error) {
            channel(closedForGood<Duplex & { close?(): void }>(stream));
            return;
          }
          prohibited = 'reason' in error && error.reason === PROHIBITED;
          failed(error);
        }),
      (channel) => channel.destroy(),
    );
    if (opened.ok || opened.error.code !== 'channel-refused') return opened;
    return fail(refused(this.where, port, prohibited, opened.error.detail ?? ''));
  }

  /** Says goodbye and waits for the socket to close, a second at most. */
  async close(): Promise<void> {
    if (this.ended.aborted) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => this.client.destroy(), 1_000);
      this.ended.addEventListener('abort', () => {
        clearTimeout(late);
        resolve();
      });
      this.client.end();
    });
  }

  /** Opens a channel; one that opens after the wait ended is closed again. */
  private open<T>(
    signal: AbortSignal,
    start: (opened: (channel: T) => void, refused: (error: Error) => void) => void,
    discard: (channel: T) => void,
  ): Promise<Result<T>> {
    let over = false;
    return settle<T>([signal, this.ended], (done) => {
      try {
        start(
          (channel) => (over ? discard(channel) : done(ok(channel))),
          (error) => done(fail(this.channelFault(error))),
        );
      } catch (error) {
        done(fail(this.lost(error)));
      }
      return () => (over = true);
    });
  }

  /** ssh2 knows that it is not connected a while before it says `close`: nobody is to be given this connection meanwhile. */
  private lost(error: unknown): Fault {
    const fault = connectionFault(this.where, error, 'connected');
    this.over.abort(new Stopped(fault));
    this.client.destroy();
    return fault;
  }

  private channelFault(error: Error) {
    if (/no response from server|not connected/i.test(error.message)) return this.lost(error);
    return faultAt(
      this.where,
      'channel-refused',
      'the server refused to run a program or to serve files',
      'Look at sshd’s log and settings: ForceCommand, Subsystem, MaxSessions, the login shell.',
      { detail: error.message },
    );
  }
}
