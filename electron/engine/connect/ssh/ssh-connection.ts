import { posix } from 'node:path';
import type { HostFacts, ServiceState } from '../../../../shared/observed';
import type { Sha256 } from '../../../../shared/names';
import { fail, ok, type Result } from '../../../../shared/result';
import { readServerConfig } from '../../../../shared/server-config/read-server-config';
import type {
  Call,
  ConfigTest,
  FileContent,
  FileStat,
  Lock,
  LockOwner,
  LogItem,
  LogStart,
  Output,
  Scratch,
  ServerConnection,
  TakeOver,
} from '../connection';
import type { Lease } from '../pool';
import { makeOrAccept } from './backup-folder';
import { hostFacts, unitFacts } from './facts';
import type { At } from './faults';
import type { ServerFiles } from './files';
import { runKanidmd } from './kanidmd';
import { cancelled, Stopped, timedOut, within } from './limits';
import { takeLock } from './lock';
import { readLogs } from './logs';
import { Machine } from './machine';
import { makeScratch, scratchLeft } from './scratch';
import { changeService, readService } from './service';
import { keepContext } from './selinux';
import type { SshSession } from './session';
import { sftpFiles } from './sftp-files';
import { sudoFiles } from './sudo-files';
import type { DeployPaths } from './sudoers-lines';
import { unitName } from './systemctl';
import type { SshTarget } from './target';
import { testConfig } from './test-config';

/** For opening a connection in the middle of a call whose own limit runs anyway. */
const CONNECT_MS = 30_000;

/** A server reached over SSH, its kanidmd run by systemd. */
export class SshConnection implements ServerConnection {
  private readonly at: At;
  private readonly machine: Machine;
  private readonly files: ServerFiles;
  private configPath: string | null;
  private database: string | null = null;

  constructor(
    private readonly target: SshTarget,
    /** What of ~/.ssh/config was left out. */
    private readonly notes: readonly string[],
    private readonly lease: Lease<SshSession>,
    private readonly backoff: readonly number[],
  ) {
    this.at = { server: target.id, endpoint: target.endpoint };
    this.configPath = target.config;
    const session = (signal: AbortSignal) => this.session({ signal, timeoutMs: CONNECT_MS });
    this.machine = new Machine(this.at, unitName(target.service), target.sudo, session, () => this.paths());
    const sftp = async (signal: AbortSignal) => {
      const opened = await session(signal);
      return opened.ok ? opened.value.sftp(signal) : opened;
    };
    this.files = target.sudo
      ? sudoFiles(this.machine)
      : sftpFiles(
          this.at,
          sftp,
          keepContext(this.at, (argv, signal) => this.machine.run(argv, signal)),
        );
  }

  kanidmd(args: readonly string[], call: Call): Promise<Result<Output>> {
    return this.during(call, `running kanidmd ${args.join(' ')}`, async (signal) => {
      const config = await this.config(signal);
      return config.ok ? runKanidmd(this.machine, this.target.kanidmd, args, config.value, signal) : config;
    });
  }

  testConfig(bytes: Uint8Array, call: Call): Promise<Result<ConfigTest>> {
    return this.during(call, 'testing a configuration', async (signal) => {
      const config = await this.config(signal);
      if (!config.ok) return config;
      return testConfig(this.machine, this.files, this.target.kanidmd, config.value, bytes, signal);
    });
  }

  stat(path: string, call: Call): Promise<Result<FileStat | null>> {
    return this.during(call, `looking at ${path}`, (signal) => this.files.stat(path, signal));
  }

  readFile(path: string, call: Call & { readonly maxBytes: number }): Promise<Result<FileContent>> {
    return this.during(call, `reading ${path}`, async (signal) => {
      const read = await this.files.read(path, call.maxBytes, signal);
      if (read.ok && path === this.configPath) {
        const config = readServerConfig(read.value.bytes, { server: this.at.server });
        if (config.ok) this.database = config.value.dbPath;
      }
      return read;
    });
  }

  replaceFile(
    path: string,
    bytes: Uint8Array,
    call: Call & { readonly expect: Sha256 },
  ): Promise<Result<Sha256>> {
    return this.during(call, `replacing ${path}`, (signal) =>
      this.files.replace(path, bytes, call.expect, signal),
    );
  }

  facts(call: Call): Promise<Result<HostFacts>> {
    return this.during(call, 'asking about the machine', async (signal) => {
      const unit = await unitFacts(this.machine, this.files, this.target.config, signal);
      if (!unit.ok) return unit;
      this.configPath = unit.value.configPath;
      const facts = await hostFacts(this.machine, unit.value, signal);
      return facts.ok && this.notes.length > 0 ? ok({ ...facts.value, leftOut: this.notes }) : facts;
    });
  }

  readonly service = {
    start: (call: Call) => this.change('start', call),
    stop: (call: Call) => this.change('stop', call),
    restart: (call: Call) => this.change('restart', call),
    state: (call: Call): Promise<Result<ServiceState>> =>
      this.during(call, 'asking systemd', (signal) => readService(this.machine, signal)),
  };

  logs(
    from: LogStart,
    options: { readonly follow: boolean; readonly signal: AbortSignal },
  ): AsyncIterable<LogItem> {
    const source = {
      at: this.at,
      unit: this.machine.unit,
      prefix: this.machine.prefix,
      session: (signal: AbortSignal) => this.session({ signal, timeoutMs: CONNECT_MS }),
      backoff: this.backoff,
    };
    return readLogs(source, from, options.follow, options.signal);
  }

  scratch(call: Call & { readonly beside?: string; readonly again?: string }): Promise<Result<Scratch>> {
    return this.during(call, 'making a scratch folder', async (signal) => {
      const path =
        call.again === undefined
          ? await this.makeScratch(signal, call.beside)
          : await scratchLeft(this.machine, call.again, signal);
      if (!path.ok) return path;
      const remove = (later: Call) =>
        this.during(later, `removing ${path.value}`, (limit) => this.files.removeFolder(path.value, limit));
      return ok({ path: path.value, remove });
    });
  }

  makeFolder(path: string, mode: number, call: Call): Promise<Result<void>> {
    return this.during(call, `making ${path}`, (signal) =>
      makeOrAccept(this.at, this.files, path, mode, signal),
    );
  }

  freeSpace(path: string, call: Call): Promise<Result<number | null>> {
    return this.during(call, `measuring the free space at ${path}`, (signal) =>
      this.files.freeSpace(path, signal),
    );
  }

  removeFile(path: string, call: Call): Promise<Result<void>> {
    return this.during(call, `removing ${path}`, (signal) => this.files.remove(path, signal));
  }

  lock(owner: LockOwner, call: Call & { readonly takeOver: TakeOver }): Promise<Result<Lock>> {
    return this.during(call, 'taking the lock', async (signal) => {
      const taken = await takeLock(this.machine, this.files, owner, call.takeOver, signal);
      if (!taken.ok) return taken;
      const { check, release } = taken.value;
      return ok({
        check: (later: Call) => this.during(later, 'checking the lock', check),
        release: (later: Call) => this.during(later, 'giving the lock back', release),
      });
    });
  }

  close(): Promise<void> {
    return this.lease.release();
  }

  private change(verb: 'start' | 'stop' | 'restart', call: Call): Promise<Result<ServiceState>> {
    return this.during(call, `systemctl ${verb} ${this.machine.unit}`, (signal) =>
      changeService(this.machine, verb, signal),
    );
  }

  /** For sudoers: where a deploy works, as far as it is known by now. */
  private paths(): DeployPaths | null {
    if (this.configPath === null) return null;
    return {
      unit: this.machine.unit,
      kanidmd: this.target.kanidmd,
      config: this.configPath,
      database: this.database,
    };
  }

  private async makeScratch(signal: AbortSignal, beside?: string): Promise<Result<string>> {
    const config = await this.config(signal);
    if (!config.ok) return config;
    return makeScratch(this.machine, this.files, beside ?? posix.dirname(config.value), signal);
  }

  private async config(signal: AbortSignal): Promise<Result<string>> {
    if (this.configPath !== null) return ok(this.configPath);
    const unit = await unitFacts(this.machine, this.files, null, signal);
    if (!unit.ok) return unit;
    this.configPath = unit.value.configPath;
    return ok(this.configPath);
  }

  /** The connection first, under a limit that stands still while a person is asked; then the work, under its own. */
  private async during<T>(
    call: Call,
    doing: string,
    work: (signal: AbortSignal) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const session = await this.session(call);
    return session.ok ? within(call, this.at, doing, work) : session;
  }

  private session(call: Call): Promise<Result<SshSession>> {
    return this.lease.use(call, (why) => {
      const reason: unknown = call.signal.reason;
      if (why === 'cancelled' && reason instanceof Stopped) return fail(reason.fault);
      return fail(
        why === 'cancelled'
          ? cancelled(this.at, 'connecting')
          : timedOut(this.at, 'connecting', call.timeoutMs),
      );
    });
  }
}
