import { randomBytes } from 'node:crypto';
import type { Child } from './children';
import type { Journal } from './journal';
import type { JournalLine } from './journal-entry';
import type { KanidmdProgram } from './kanidmd-program';
import { LineSplitter } from './line-splitter';
import type { MachineClock } from './machine-clock';
import { NEVER_STARTED, type UnitResult, type UnitStatus } from './unit-status';
import { judge, withLimit, type ProcessEnd } from './unit-exit';

export interface UnitOptions {
  /** `kanidmd.service`. */
  readonly name: string;
  readonly config: string;
  /** `Environment=` of the unit: KANIDM_ variables override server.toml. */
  readonly environment: Readonly<Record<string, string>>;
  readonly startTimeoutMs: number;
  readonly stopTimeoutMs: number;
}

/**
 * The unit `kanidmd.service` as systemd keeps it: one main process, started and stopped by jobs that queue, with
 * systemd's own lines in the journal. `Type=notify`: a start is done when kanidmd is ready, and a kanidmd that
 * ends before that has failed to start. `Restart=no`.
 */
export class Unit {
  readonly name: string;
  readonly config: string;
  readonly #options: UnitOptions;
  readonly #program: KanidmdProgram;
  readonly #journal: Journal;
  readonly #clock: MachineClock;
  #status: UnitStatus = NEVER_STARTED;
  #main: { readonly child: Child; readonly ended: Promise<void> } | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(
    options: UnitOptions,
    parts: { program: KanidmdProgram; journal: Journal; clock: MachineClock },
  ) {
    this.name = options.name;
    this.config = options.config;
    this.#options = options;
    this.#program = parts.program;
    this.#journal = parts.journal;
    this.#clock = parts.clock;
  }

  get status(): UnitStatus {
    return this.#status;
  }

  /** What systemd runs: `/usr/sbin/kanidmd server -c CONFIG`. */
  get commandLine(): string {
    return `/usr/sbin/kanidmd server -c ${this.config}`;
  }

  get environment(): Readonly<Record<string, string>> {
    return this.#options.environment;
  }

  /** Starts it unless it runs. Resolves when it is ready or has failed; the status says which. */
  start(): Promise<UnitStatus> {
    return this.#job(() => this.#start());
  }

  /** Stops it: SIGTERM, then SIGKILL after `stopTimeoutMs`. Resolves when it has gone. */
  stop(): Promise<UnitStatus> {
    return this.#job(() => this.#stop());
  }

  restart(): Promise<UnitStatus> {
    return this.#job(async () => {
      await this.#stop();
      await this.#start();
    });
  }

  /** Sends the main process a signal, as `kill` would: the unit is not asked. Resolves when it has gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<UnitStatus> {
    const main = this.#main;
    main?.child.kill(signal);
    await main?.ended;
    return this.#status;
  }

  #job(work: () => Promise<void>): Promise<UnitStatus> {
    const done = this.#queue.then(work).then(() => this.#status);
    this.#queue = done;
    return done;
  }

  async #start(): Promise<void> {
    if (this.#main) return;
    this.#set({
      invocationId: randomBytes(16).toString('hex'),
      active: 'activating',
      sub: 'start',
      result: 'success',
    });
    this.#say(6, `Starting ${this.name} - ${DESCRIPTION}...`);
    const ready = this.#run();
    const outcome = await withLimit(ready, this.#options.startTimeoutMs);
    if (outcome === 'ready') {
      this.#set({ active: 'active', sub: 'running' });
      this.#say(6, `Started ${this.name} - ${DESCRIPTION}.`);
      return;
    }
    if (outcome === 'late') {
      this.#say(4, `${this.name}: start operation timed out. Terminating.`);
      await this.#endMain('timeout');
    }
    this.#say(3, `Failed to start ${this.name} - ${DESCRIPTION}.`);
  }

  async #stop(): Promise<void> {
    if (!this.#main) return;
    this.#say(6, `Stopping ${this.name} - ${DESCRIPTION}...`);
    await this.#endMain('success');
    this.#say(6, `Stopped ${this.name} - ${DESCRIPTION}.`);
  }

  /** Lines as if kanidmd had printed them at once: more than it would. */
  print(messages: readonly string[]): void {
    const { mainPid, invocationId } = this.#status;
    this.#journal.append(...messages.map((message) => this.#printed(message, mainPid, invocationId)));
  }

  #printed(message: string | Buffer, pid: number, invocationId: string): JournalLine {
    return {
      ...{ source: 'kanidmd', unit: this.name, pid, invocationId, priority: 6, message },
      commandLine: this.commandLine,
    };
  }

  /** Starts the main process. Resolves to `ready` when kanidmd says so, to `ended` when it ends before. */
  #run(): Promise<'ready' | 'ended'> {
    const child = this.#program.start(['server', '-c', this.config], this.#options.environment);
    const invocationId = this.#status.invocationId;
    const pid = child.pid ?? 0;
    this.#set({
      mainPid: pid,
      startedMonotonic: this.#clock.monotonic(),
      startedRealtime: this.#clock.realtime(),
      stoppedRealtime: 0,
      lastExit: { code: 0, status: 0 },
    });
    return new Promise((resolve) => {
      const onLine = (message: string | Buffer): void => {
        this.#journal.append(this.#printed(message, pid, invocationId));
        // The line a real kanidmd prints just before it tells systemd that it is ready; 1.11.1 writes it with a capital.
        if (typeof message === 'string' && /ready to rock!/i.test(message)) resolve('ready');
      };
      const outputs = [child.stdout, child.stderr].map((stream) => {
        const splitter = new LineSplitter(onLine);
        stream.on('data', (bytes: Buffer) => splitter.push(bytes));
        return splitter;
      });
      const ended = new Promise<void>((gone) => {
        // `close` comes after the last output, also when the program could not be started at all.
        child.once('close', (code: number | null, signal: NodeJS.Signals | null) => {
          for (const output of outputs) output.end();
          this.#main = null;
          this.#book(child.pid === undefined ? null : { code, signal });
          gone();
          resolve('ended');
        });
      });
      this.#main = { child, ended };
    });
  }

  async #endMain(resultIfClean: UnitResult): Promise<void> {
    const main = this.#main;
    if (!main) return;
    this.#set({ active: 'deactivating', sub: 'stop-sigterm', result: resultIfClean });
    main.child.kill('SIGTERM');
    const gone = main.ended.then(() => 'gone' as const);
    if ((await withLimit(gone, this.#options.stopTimeoutMs)) === 'gone') return;
    this.#say(4, `${this.name}: State 'stop-sigterm' timed out. Killing.`);
    this.#say(5, `${this.name}: Killing process ${main.child.pid ?? 0} (kanidmd) with signal SIGKILL.`);
    this.#set({ sub: 'stop-sigkill', result: 'timeout' });
    main.child.kill('SIGKILL');
    await main.ended;
  }

  #book(end: ProcessEnd): void {
    const { lastExit, result, notice } = judge(end, this.#stage());
    if (notice !== null) this.#say(5, `${this.name}: Main process exited, ${notice}`);
    if (result === 'success') this.#say(6, `${this.name}: Deactivated successfully.`);
    else this.#say(4, `${this.name}: Failed with result '${result}'.`);
    this.#set({
      active: result === 'success' ? 'inactive' : 'failed',
      sub: result === 'success' ? 'dead' : 'failed',
      result,
      mainPid: 0,
      lastExit,
      stoppedRealtime: this.#clock.realtime(),
    });
  }

  #stage(): Parameters<typeof judge>[1] {
    if (this.#status.result === 'timeout') return 'timed-out';
    if (this.#status.active === 'activating') return 'starting';
    return this.#status.active === 'deactivating' ? 'stopping' : 'running';
  }

  #say(priority: number, message: string): void {
    this.#journal.append({
      source: 'systemd',
      unit: this.name,
      pid: 1,
      invocationId: this.#status.invocationId,
      priority,
      message,
      commandLine: '/sbin/init',
    });
  }

  #set(change: Partial<UnitStatus>): void {
    this.#status = { ...this.#status, ...change };
  }
}

const DESCRIPTION = 'Kanidm, the IDM for rustaceans';
