import { type CertificateText, type DomainUuid, trusted } from '../../../../shared/base/names';
import type { ServiceState } from '../../../../shared/observed/observed';
import { effectiveConfig, type Overrides } from '../../../../shared/server-config/effective-config';
import { readServerConfig } from '../../../../shared/server-config/read-server-config';
import type { ServerConfig } from '../../../../shared/server-config/server-config';
import { wallNow } from '../../base/time';
import type { Duplex } from 'node:stream';
import type { Result } from '../../../../shared/base/result';
import type { ConfigTest, TcpAddress } from '../connection';
import { FakeFiles } from './fake-files';
import { FakeLog } from './fake-log';
import type { FakeProgram, Piece } from './fake-program';

/** What a fake server is at first. */
export interface FakeServerOptions {
  readonly id: string;
  /** The bytes of its server.toml, which the running process has read. */
  readonly config: string;
  readonly configPath?: string;
  readonly version?: string;
  readonly domain: { readonly name: string; readonly uuid: DomainUuid };
  readonly certificate: CertificateText;
  /** Its environment: `KANIDM_*`. */
  readonly overrides?: Overrides;
  /** Its kanidmd's complaint about a configuration; null: it accepts it. Without: what is no server.toml is refused. */
  readonly refuses?: (config: string) => string | null;
  /** The server's clock, milliseconds since the epoch. */
  readonly now?: () => number;
  /** Runs instead of its kanidmd, whatever is asked. */
  readonly program?: FakeProgram;
}

/** What a kanidmd does with a command that the fake one does not know. @returns what it prints. */
export type MoreCommands = (args: readonly string[]) => string | null | Promise<string | null>;

/**
 * A server in memory, for tests of what drives servers: a kanidmd that reads its file at its start and only then, a
 * manager that starts and stops it, a log, files. Of replication's rounds, refreshes and backups it knows nothing: a test
 * adds them by `more`, `started` and `log`.
 */
export class FakeServer {
  readonly id: string;
  readonly configPath: string;
  /** The program on disk. */
  version: string;
  /** The program that runs; of one that is stopped, the one that ran. */
  runs: string;
  readonly files: FakeFiles;
  readonly log: FakeLog;
  readonly overrides: Overrides;
  readonly now: () => number;
  readonly program: FakeProgram;
  refuses: (config: string) => string | null;
  /** Why it does not come up with a configuration that it accepts, as a port that is taken; null: it comes up. */
  breaks: (config: string) => string | null = () => null;
  more: MoreCommands = () => null;
  /** Connects to a port it listens on; null: nothing does. */
  dials: (to: TcpAddress) => Promise<Result<Duplex> | null> = () => Promise.resolve(null);
  /** What a backup to standard output gives; null: nothing. */
  backupHead: () => Uint8Array | null = () => null;
  /** Called when its kanidmd has come up. */
  started: () => void = () => undefined;
  domain: FakeServerOptions['domain'];
  certificate: CertificateText;
  state: ServiceState['state'] = 'stopped';
  startedAt: number | null = null;
  /** How often it has come up. */
  private starts = 0;
  /** The configuration the process read at its last start; null: it does not run. */
  reads: string | null = null;
  /** The domain of each database that was closed, by its path. */
  private readonly databases = new Map<string, FakeServerOptions['domain']>();
  private configured: { readonly of: string; readonly config: ServerConfig | null } | null = null;
  /** The lock's content; null: nobody holds it. */
  lock: string | null = null;
  /** Everything that was asked of it, in order: `testConfig`, `restart`, `replaceFile PATH`, `kanidmd domain show`. */
  readonly asked: string[] = [];
  /** What ends the calls that are under way. */
  readonly connected = new Set<() => void>();

  constructor(options: FakeServerOptions) {
    this.id = options.id;
    this.configPath = options.configPath ?? '/etc/kanidm/server.toml';
    this.version = options.version ?? '1.10.5';
    this.runs = this.version;
    this.overrides = options.overrides ?? {};
    this.now = options.now ?? wallNow;
    this.refuses = options.refuses ?? whatIsNoConfig;
    this.domain = options.domain;
    this.certificate = options.certificate;
    this.program = options.program ?? ((argv) => this.kanidmd(argv));
    this.files = new FakeFiles(this.now, this.id);
    this.log = new FakeLog(this.now);
    // A running process is older than a test that begins at this moment.
    this.files.put(this.configPath, options.config, {}, this.now() - 60_000);
    const domain = this.domain;
    this.start();
    const database = this.config()?.dbPath ?? null;
    if (database !== null) this.files.put(database, 'a database', { mode: 0o600 }, this.now() - 60_000);
    this.domain = domain;
    this.startedAt = this.now() - 30_000;
  }

  /** Starts kanidmd: it reads its file, exits when it refuses it, and makes an empty database where there is none. */
  start(): void {
    if (this.state === 'running') return;
    const config = this.files.text(this.configPath);
    const complaint =
      config === null ? 'Unable to read its configuration' : (this.refuses(config) ?? this.breaks(config));
    if (config === null || complaint !== null) {
      this.state = 'failed';
      this.log.say('error', complaint ?? '');
      return;
    }
    [this.state, this.reads, this.startedAt, this.runs] = ['running', config, this.now(), this.version];
    this.starts += 1;
    this.openDatabase();
    this.log.say('info', `Starting Kanidmd | version: ${this.version} 0000000000`);
    if (this.replicates()) this.log.say('info', 'Starting replication interface');
    this.started();
  }

  private openDatabase(): void {
    const path = this.config()?.dbPath ?? null;
    const there = path !== null && (this.files.stat(path)?.size ?? 0) > 0;
    if (there) this.domain = this.databases.get(path) ?? this.domain;
    else this.domain = { name: this.config()?.domain ?? this.domain.name, uuid: EMPTY };
    if (path !== null && !there) this.files.put(path, 'an empty database', { mode: 0o600 });
  }

  stop(): void {
    const path = this.config()?.dbPath ?? null;
    if (path !== null) this.databases.set(path, this.domain);
    [this.state, this.reads, this.startedAt] = ['stopped', null, null];
  }

  /** As its manager has it. */
  service(): ServiceState {
    const process = this.state === 'running' ? { process: `start ${this.starts}` } : {};
    return { state: this.state, detail: this.state, ...process };
  }

  /** Every call that is under way ends with `connection-lost`; the next one is let through. */
  cut(): void {
    for (const lose of [...this.connected]) lose();
    this.connected.clear();
  }

  test(config: string): ConfigTest {
    const complaint = this.refuses(config);
    return { accepted: complaint === null, output: complaint ?? '' };
  }

  /** The configuration of the running process, file and environment, read; null: it does not run, or has none. */
  config(): ServerConfig | null {
    const of = `${this.runs} ${this.reads ?? ''}`;
    if (this.configured?.of === of) return this.configured.config;
    const read = readServerConfig(new TextEncoder().encode(this.reads ?? ''), { server: this.id });
    const config =
      !read.ok || this.reads === null ? null : effectiveConfig(read.value, this.overrides, this.runs);
    this.configured = { of, config };
    return config;
  }

  /** Whether the running process replicates. */
  replicates(): boolean {
    return (this.config()?.replication ?? null) !== null;
  }

  /** What a command of kanidmd prints, as recorded of the real one (`test/recorded`). */
  private async *kanidmd(argv: readonly string[]): AsyncGenerator<Piece, number, undefined> {
    const args = argv.slice(0, argv.at(-2) === '-c' ? -2 : undefined);
    const command = args.join(' ');
    const running = this.state === 'running';
    if (command === 'version') yield { out: `kanidmd ${this.version} 0000000000\n` };
    else if (!running && args[0] !== 'database') yield { err: '[error]: Unable to connect to socket path\n' };
    else if (command === 'domain show')
      yield {
        out: info(
          `domain_name   : ${this.domain.name}`,
          `domain_uuid   : ${this.domain.uuid}`,
          'domain_level  : 14',
        ),
      };
    else if (command === 'scripting backup') {
      const head = this.backupHead();
      if (head !== null) yield { out: head };
    } else if (command === 'show-replication-certificate' && this.replicates())
      yield { out: info(` | certificate: "${this.certificate}"`) };
    else yield { out: (await this.more(args)) ?? info('Error - you should inspect the logs.') };
    return 0;
  }
}

/** The domain of a database that a start has made. */
const EMPTY = trusted<DomainUuid>('eeeeeeee-0000-4000-8000-000000000000');

const whatIsNoConfig = (config: string): string | null => {
  const read = readServerConfig(new TextEncoder().encode(config), {});
  return read.ok ? null : read.error.message;
};

/** Lines as kanidmd prints them outside a span. */
export const info = (...messages: readonly string[]): string =>
  messages.map((it) => `00000000-0000-0000-0000-000000000000 INFO     ｉ [info]: ${it}\n`).join('');
