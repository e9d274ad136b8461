import { posix } from 'node:path';
import type { Duplex } from 'node:stream';
import type { HostFacts, ServiceState } from '../../../../shared/observed/observed';
import type { Sha256 } from '../../../../shared/base/names';
import { ok, type Result } from '../../../../shared/base/result';
import { kanidmdArguments } from '../common/kanidmd-arguments';
import type {
  ConfigTest,
  FileContent,
  FileStat,
  HeadWanted,
  HelperAsked,
  HelperView,
  Lock,
  LockOwner,
  LogBound,
  LogItem,
  LogStart,
  OlderLog,
  Output,
  Scratch,
  ServerConnection,
  TakeOver,
  TcpAddress,
} from '../connection';
import type { Call } from '../../base/call';
import type { Lease } from '../common/pool';
import { configFacts } from './unit/config-facts';
import { hostFacts, type UnitFacts, unitFacts } from './unit/facts';
import type { ServerPlace } from '../common/faults';
import { ChosenHands } from './choose-hands';
import type { Hands, KnownUnit } from './unit/hands';
import { makeHelper } from './helper/make-helper';
import { howToAllow } from './machine/how-to-allow';
import { within } from '../common/limits';
import { type LogSource, readLogs } from './log/logs';
import { readBefore } from './log/logs-before';
import { Machine } from './machine/machine';
import type { ScratchFolder } from './files/scratch';
import { readService } from './unit/service';
import { keepContext } from './files/selinux';
import type { SshSession } from './session/session';
import { portFault } from '../common/port-faults';
import { dialledFrom } from '../common/dialled';
import { sftpFiles } from './files/sftp-files';
import type { RunOptions } from './session/run';
import { unitName } from './machine/systemctl';
import type { SshTarget } from './address/target';

/** Faults of looking at the unit, without which kanidmd can be asked all the same. */
const WITHOUT_UNIT = new Set(['no-systemd', 'unit-not-found', 'environment-unreadable']);

/** For opening a connection in the middle of a call whose own limit runs anyway. */
const CONNECT_MS = 30_000;

/** A server reached over SSH, its kanidmd run by systemd. */
export class SshConnection implements ServerConnection {
  private readonly where: ServerPlace;
  private readonly machine: Machine;
  private readonly hands: ChosenHands;
  /** The unit as it was seen last. */
  private known: KnownUnit | null = null;

  constructor(
    private readonly target: SshTarget,
    /** What of ~/.ssh/config was left out. */
    private readonly notes: readonly string[],
    private readonly lease: Lease<SshSession>,
    private readonly backoff: readonly number[],
  ) {
    this.where = { server: target.id, endpoint: target.endpoint };
    const session = (signal: AbortSignal) => this.session({ signal, timeoutMs: CONNECT_MS });
    this.machine = new Machine(this.where, unitName(target.service), target.sudo, session, howToAllow);
    const sftp = async (signal: AbortSignal) => {
      const opened = await session(signal);
      return opened.ok ? opened.value.sftp(signal) : opened;
    };
    const keep = keepContext(this.where, (argv, signal) => this.machine.run(argv, signal));
    this.hands = new ChosenHands(this.machine, sftpFiles(this.where, sftp, keep), target.kanidmd);
  }

  kanidmd(args: readonly string[], call: Call): Promise<Result<Output>> {
    return this.run(args, call);
  }

  kanidmdHead(args: readonly string[], call: Call & HeadWanted): Promise<Result<Output>> {
    return this.run(args, call, { head: call });
  }

  private run(args: readonly string[], call: Call, options?: RunOptions): Promise<Result<Output>> {
    return this.byHands(call, `running kanidmd ${args.join(' ')}`, async (hands, signal) => {
      // What takes no config takes no environment either.
      if (kanidmdArguments(args, '/').length === args.length)
        return hands.kanidmd(args, { configPath: '/', overrides: {} }, signal, options);
      const unit = await this.unit(hands, signal);
      return unit.ok ? hands.kanidmd(args, unit.value, signal, options) : unit;
    });
  }

  testConfig(bytes: Uint8Array, call: Call): Promise<Result<ConfigTest>> {
    return this.byHands(call, 'testing a configuration', async (hands, signal) => {
      const unit = await this.unit(hands, signal);
      return unit.ok ? hands.testConfig(unit.value, bytes, signal) : unit;
    });
  }

  stat(path: string, call: Call): Promise<Result<FileStat | null>> {
    return this.byHands(call, `looking at ${path}`, (hands, signal) => hands.files.stat(path, signal));
  }

  readFile(path: string, call: Call & { readonly maxBytes: number }): Promise<Result<FileContent>> {
    return this.byHands(call, `reading ${path}`, (hands, signal) =>
      hands.files.read(path, call.maxBytes, signal),
    );
  }

  replaceFile(
    path: string,
    bytes: Uint8Array,
    call: Call & { readonly expect: Sha256 },
  ): Promise<Result<Sha256>> {
    return this.byHands(call, `replacing ${path}`, (hands, signal) =>
      hands.files.replace(path, bytes, call.expect, signal),
    );
  }

  facts(call: Call): Promise<Result<HostFacts>> {
    return this.byHands(call, 'asking about the machine', async (hands, signal) => {
      const unit = await this.look(hands, signal);
      if (!unit.ok) return unit;
      this.known = unit.value;
      const [facts, config] = await Promise.all([
        hostFacts(this.machine, unit.value, signal),
        configFacts(this.machine, unit.value.configPath, signal),
      ]);
      if (!facts.ok) return facts;
      if (!config.ok) return config;
      const leftOut = this.notes.length > 0 ? { leftOut: this.notes } : {};
      return ok({ ...facts.value, ...config.value, ...leftOut });
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
  ): AsyncIterable<readonly LogItem[]> {
    return readLogs(this.journal, from, options.follow, options.signal);
  }

  logsBefore(before: number, call: Call & LogBound): Promise<Result<OlderLog>> {
    return this.during(call, 'reading the journal', (signal) =>
      readBefore(this.journal, before, call, signal),
    );
  }

  scratch(call: Call & { readonly beside?: string; readonly again?: string }): Promise<Result<Scratch>> {
    return this.byHands(call, 'making a scratch folder', async (hands, signal) => {
      const made =
        call.again === undefined
          ? await this.makeScratch(hands, signal, call.beside)
          : await hands.orphanedScratch(call.again, signal);
      if (!made.ok) return made;
      const { path, remove } = made.value;
      return ok({ path, remove: (later: Call) => this.during(later, `removing ${path}`, remove) });
    });
  }

  makeFolder(path: string, mode: number, call: Call): Promise<Result<void>> {
    return this.byHands(call, `making ${path}`, (hands, signal) => hands.makeFolder(path, mode, signal));
  }

  freeSpace(path: string, call: Call): Promise<Result<number | null>> {
    return this.byHands(call, `measuring the free space at ${path}`, (hands, signal) =>
      hands.files.freeSpace(path, signal),
    );
  }

  lock(owner: LockOwner, call: Call & { readonly takeOver: TakeOver }): Promise<Result<Lock>> {
    // A deploy begins: the helper is looked at again.
    this.hands.lookAgain();
    return this.byHands(call, 'taking the lock', async (hands, signal) => {
      const taken = await hands.takeLock(owner, call.takeOver, signal);
      if (!taken.ok) return taken;
      const { check, release } = taken.value;
      return ok({
        check: (later: Call) => this.during(later, 'checking the lock', check),
        release: (later: Call) => this.during(later, 'giving the lock back', release),
      });
    });
  }

  async dial(to: TcpAddress, call: Call): Promise<Result<Duplex>> {
    const session = await this.session(call);
    if (!session.ok) return session;
    const { host, port } = dialledFrom(to);
    return within(call, this.where, `dialling port ${port}`, (signal) =>
      session.value.forward(host, port, signal, portFault),
    );
  }

  helper(call: Call & HelperAsked): Promise<Result<HelperView>> {
    return this.during(call, 'making a helper', async (signal) => {
      // With the login's own rights: the helper that is there may be the one that is to be replaced.
      const unit = await this.look(this.hands.own, signal);
      if (!unit.ok) return unit;
      const { configPath: config, overrides } = unit.value;
      const [{ kanidmd }, { user, database }] = [this.target, call];
      const wish = { kanidmd, config, overrides, user, database };
      return makeHelper(this.machine, this.hands.own.files, wish, signal);
    });
  }

  close(): Promise<void> {
    return this.lease.release();
  }

  private change(verb: 'start' | 'stop' | 'restart', call: Call): Promise<Result<ServiceState>> {
    return this.byHands(call, `systemctl ${verb} ${this.machine.unit}`, (hands, signal) =>
      hands.changeService(verb, signal),
    );
  }

  private async makeScratch(
    hands: Hands,
    signal: AbortSignal,
    beside?: string,
  ): Promise<Result<ScratchFolder>> {
    const unit = await this.unit(hands, signal);
    return unit.ok ? hands.makeScratch(beside ?? posix.dirname(unit.value.configPath), signal) : unit;
  }

  private look(hands: Hands, signal: AbortSignal): Promise<Result<UnitFacts>> {
    const { config, kanidmd } = this.target;
    return unitFacts(this.machine, hands.files, config, kanidmd, signal);
  }

  /** The unit's config and environment. A config that the fleet names counts also where there is no such unit. */
  private async unit(hands: Hands, signal: AbortSignal): Promise<Result<KnownUnit>> {
    if (this.known !== null) return ok(this.known);
    const { config } = this.target;
    const unit = await this.look(hands, signal);
    if (unit.ok) this.known = unit.value;
    else if (config !== null && WITHOUT_UNIT.has(unit.error.code))
      return ok({ configPath: config, overrides: {} });
    return unit;
  }

  private byHands<T>(
    call: Call,
    doing: string,
    work: (hands: Hands, signal: AbortSignal) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    return this.during(call, doing, async (signal) => {
      const hands = await this.hands.choose(this.known?.configPath ?? this.target.config, signal);
      return hands.ok ? work(hands.value, signal) : hands;
    });
  }

  private get journal(): LogSource {
    const { unit, prefix } = this.machine;
    const session = (signal: AbortSignal) => this.session({ signal, timeoutMs: CONNECT_MS });
    return { where: this.where, unit, prefix, session, backoff: this.backoff };
  }

  /** Connects under a limit that stands still while a person is asked, then works under a limit of its own. */
  private async during<T>(
    call: Call,
    doing: string,
    work: (signal: AbortSignal) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const session = await this.session(call);
    return session.ok ? within(call, this.where, doing, work) : session;
  }

  private session(call: Call): Promise<Result<SshSession>> {
    return this.lease.use(call, this.where);
  }
}
