import { posix } from 'node:path';
import type { Duplex } from 'node:stream';
import type { HostFacts, ServiceState } from '../../../../shared/observed/observed';
import type { Sha256 } from '../../../../shared/base/names';
import { fail, ok, type Result } from '../../../../shared/base/result';
import type {
  ConfigTest,
  FileContent,
  FileStat,
  HeadWanted,
  Lock,
  LockOwner,
  LogBound,
  LogItem,
  LogStart,
  OlderLog,
  Output,
  Scratch,
  ServerConnection,
  TcpAddress,
  TakeOver,
} from '../connection';
import type { Call } from '../../base/call';
import type { ServerPlace } from '../common/faults';
import { within } from '../common/limits';
import { readFile, stat } from './files/archive';
import { Container, type Inspected } from './api/container';
import type { DockerApi } from './api/docker-api';
import { exec } from './unit/exec';
import { configPathOf, hostFacts } from './unit/facts';
import { makeFolder } from './files/folders';
import { ownerOf } from './files/owner';
import { faultAt } from '../common/faults';
import { kanidmdUser } from './files/kanidmd-user';
import { lockContainer } from './unit/lock';
import { readLogs } from './log/logs';
import { readBefore } from './log/logs-before';
import { DOING } from './log/open-log';
import { kanidmdArguments } from '../common/kanidmd-arguments';
import { serverCommand } from './inspect/program';
import { reachOf } from './inspect/reach';
import { replaceFile } from './files/replace-file';
import { runBeside } from './unit/run-beside';
import { Scratches } from './files/scratch';
import { changeService, stateOf, type Verb, checkChangeable } from './unit/service';
import type { DockerTarget } from './api/target';
import { testConfig } from './unit/test-config';

/** A server in a container, reached over the API of its engine: Docker's or Podman's. */
export class DockerConnection implements ServerConnection {
  private readonly where: ServerPlace;
  private readonly container: Container;
  private readonly scratches = new Map<string, Scratches>();
  /** When the process started that was asked to stop and may still be at it; null: none. */
  private stopping: string | null = null;

  constructor(
    private readonly target: Pick<DockerTarget, 'id' | 'endpoint' | 'container' | 'config'>,
    private readonly api: DockerApi,
    private readonly backoff: readonly number[],
    /** Gives the engine back. */
    private readonly release: () => Promise<void>,
  ) {
    this.where = api.where;
    this.container = new Container(api, target.container);
  }

  kanidmd(args: readonly string[], call: Call): Promise<Result<Output>> {
    return this.run(args, call);
  }

  kanidmdHead(args: readonly string[], call: Call & HeadWanted): Promise<Result<Output>> {
    return this.run(args, call, call);
  }

  private run(args: readonly string[], call: Call, head?: HeadWanted): Promise<Result<Output>> {
    return this.during(call, `running kanidmd ${args.join(' ')}`, async (seen, signal) => {
      const words = kanidmdArguments(args, configPathOf(seen, this.target.config));
      // Backups of old versions need a stopped server (`kanidm.md`, "scripting backup"), where nothing can be executed.
      if (args[0] === 'database' && !seen.State.Running) {
        const beside = { args: words, files: [], volumes: 'writable', keepOverrides: true } as const;
        return runBeside(this.container, seen, beside, signal);
      }
      return exec(this.container, seen, [...serverCommand(seen).program, ...words], signal, head);
    });
  }

  testConfig(bytes: Uint8Array, call: Call): Promise<Result<ConfigTest>> {
    return this.during(call, 'testing a configuration', async (seen, signal) => {
      const user = await kanidmdUser(this.container, seen, configPathOf(seen, this.target.config), signal);
      return user.ok ? testConfig(this.container, seen, bytes, user.value, signal) : user;
    });
  }

  stat(path: string, call: Call): Promise<Result<FileStat | null>> {
    return this.during(call, `looking at ${path}`, async (seen, signal) => {
      const found = await stat(this.container, path, signal);
      if (!found.ok || found.value === null) return found;
      const { realPath, ...about } = found.value;
      return ok(await this.withOwner(seen, realPath, about, signal));
    });
  }

  readFile(path: string, call: Call & { readonly maxBytes: number }): Promise<Result<FileContent>> {
    return this.during(call, `reading ${path}`, async (seen, signal) => {
      const read = await readFile(this.container, path, call.maxBytes, signal);
      if (!read.ok) return read;
      const { bytes, sha256, realPath } = read.value;
      return ok({ bytes, sha256, stat: await this.withOwner(seen, realPath, read.value.stat, signal) });
    });
  }

  replaceFile(
    path: string,
    bytes: Uint8Array,
    call: Call & { readonly expect: Sha256 },
  ): Promise<Result<Sha256>> {
    return this.during(call, `replacing ${path}`, async (seen, signal) => {
      const no = checkChangeable(this.where, seen);
      if (no !== null) return fail(no);
      const beside = (container: Container, folder: string): Scratches =>
        container === this.container ? this.scratchesBeside(folder) : new Scratches(container, folder);
      return replaceFile(this.container, seen, path, bytes, call.expect, beside, signal);
    });
  }

  async facts(call: Call): Promise<Result<HostFacts>> {
    const ready = await this.api.dialer.ready(call);
    if (!ready.ok) return ready;
    return within(call, this.where, 'asking about the container', async (signal) => {
      // A probe looks at whatever container has the name now.
      const seen = await this.container.rebind(signal);
      return seen.ok ? hostFacts(this.container, seen.value, this.target.config, signal) : seen;
    });
  }

  readonly service = {
    start: (call: Call) => this.change('start', call),
    stop: (call: Call) => this.change('stop', call),
    restart: (call: Call) => this.change('restart', call),
    state: (call: Call): Promise<Result<ServiceState>> =>
      this.during(call, 'asking the engine', (seen) => Promise.resolve(ok(stateOf(seen, this.stopping)))),
  };

  logs(
    from: LogStart,
    options: { readonly follow: boolean; readonly signal: AbortSignal },
  ): AsyncIterable<readonly LogItem[]> {
    return readLogs(this.container, from, options.follow, this.backoff, options.signal);
  }

  logsBefore(before: number, call: Call & LogBound): Promise<Result<OlderLog>> {
    return this.during(call, DOING, (_, signal) => readBefore(this.container, before, call, signal));
  }

  scratch(call: Call & { readonly beside?: string; readonly again?: string }): Promise<Result<Scratch>> {
    const { again } = call;
    return this.during(call, 'making a scratch folder', async (seen, signal) => {
      if (again !== undefined) return this.scratchAgain(again, signal);
      const config = configPathOf(seen, this.target.config);
      const user = await kanidmdUser(this.container, seen, config, signal);
      if (!user.ok) return user;
      const space = await this.scratchesBeside(call.beside ?? posix.dirname(config)).enter(
        user.value,
        signal,
      );
      if (!space.ok) return space;
      const { path, leave } = space.value;
      const remove = (later: Call) => this.during(later, `removing ${path}`, (_, limit) => leave(limit));
      return ok({ path, remove });
    });
  }

  makeFolder(path: string, mode: number, call: Call): Promise<Result<void>> {
    return this.during(call, `making ${path}`, async (seen, signal) => {
      const no = checkChangeable(this.where, seen);
      if (no !== null) return fail(no);
      return makeFolder(this.container, seen, path, mode, signal);
    });
  }

  /** The API does not tell; a write that does not fit is a fault of its own (`disk-full`). */
  freeSpace(): Promise<Result<number | null>> {
    return Promise.resolve(ok(null));
  }

  lock(owner: LockOwner, call: Call & { readonly takeOver: TakeOver }): Promise<Result<Lock>> {
    return this.during(call, 'locking the server', (_, signal) =>
      lockContainer(this.container, owner, call.takeOver, signal),
    );
  }

  dial(to: TcpAddress, call: Call): Promise<Result<Duplex>> {
    return this.during(call, `dialling port ${to.port}`, async (seen, signal) => {
      const reach = reachOf(this.where, seen, to);
      return reach.ok ? this.api.dialer.reach(this.where, reach.value, signal) : reach;
    });
  }

  close(): Promise<void> {
    return this.release();
  }

  private change(verb: Verb, call: Call): Promise<Result<ServiceState>> {
    return this.during(call, `${verb} of container ${this.target.container}`, async (seen, signal) => {
      this.stopping = verb === 'start' ? null : seen.State.StartedAt;
      try {
        return await changeService(this.container, verb, signal);
      } finally {
        this.stopping = null;
      }
    });
  }

  /** As far as it can be known: Podman's archive does not tell, and reading must work without. */
  private async withOwner(
    seen: Inspected,
    path: string,
    about: FileStat,
    signal: AbortSignal,
  ): Promise<FileStat> {
    const owner = await ownerOf(this.container, seen, path, about, signal);
    return owner.ok ? { ...about, ...owner.value } : about;
  }

  /** Only what `Scratches` names so is ever removed with all it holds. */
  private async scratchAgain(path: string, signal: AbortSignal): Promise<Result<Scratch>> {
    const beside = /^(\/.*)\/\.kanilink\/[0-9a-f]{12}$/.exec(path)?.[1];
    if (beside === undefined || posix.normalize(path) !== path)
      return fail(
        faultAt(
          this.where,
          'no-scratch',
          `${path} is no scratch folder of Kanilink’s`,
          'Look at it by hand.',
          {
            file: path,
          },
        ),
      );
    const space = await this.scratchesBeside(beside).again(path, signal);
    if (!space.ok) return space;
    const leave = space.value?.leave;
    return ok({
      path,
      remove: (later) =>
        leave === undefined
          ? Promise.resolve(ok(undefined))
          : this.during(later, `removing ${path}`, (_, limit) => leave(limit)),
    });
  }

  private scratchesBeside(folder: string): Scratches {
    const there = this.scratches.get(folder) ?? new Scratches(this.container, folder);
    this.scratches.set(folder, there);
    return there;
  }

  /** The way to the engine first, under a limit that stands still while a person is asked; then the work, under its own. */
  private async during<T>(
    call: Call,
    doing: string,
    work: (seen: Inspected, signal: AbortSignal) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const ready = await this.api.dialer.ready(call);
    if (!ready.ok) return ready;
    return within(call, this.where, doing, async (signal) => {
      const seen = await this.container.inspect(signal);
      return seen.ok ? work(seen.value, signal) : seen;
    });
  }
}
