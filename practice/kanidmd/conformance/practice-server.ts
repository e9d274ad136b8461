import { DEFAULT_VERSION } from '../versions';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { bundleKanidmd } from './bundle';

/** One command's outcome. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** A place for servers: one bundle, one folder, one pair of web certificates, everything removed at the end. */
export class Practice {
  private readonly servers: PracticeServer[] = [];
  private constructor(
    readonly program: string,
    readonly folder: string,
  ) {}

  static async open(): Promise<Practice> {
    const practice = new Practice(
      await bundleKanidmd(),
      mkdtempSync(path.join(os.tmpdir(), 'practice-servers-')),
    );
    const maker = await practice.server('maker', {});
    await maker.run('cert-generate');
    return practice;
  }

  /**
   * Makes a server's folder and server.toml; the server is not started.
   * @param name host name before `.localhost`, as `idm-a`.
   */
  async server(name: string, options: ServerOptions): Promise<PracticeServer> {
    const folder = path.join(this.folder, `${name}-${this.servers.length}`);
    mkdirSync(folder, { mode: 0o700 });
    const [httpsPort, replicationPort] = await freePorts();
    const server = new PracticeServer(this.program, folder, name, httpsPort, replicationPort, options);
    const made = this.servers[0];
    if (made)
      for (const file of ['chain.pem', 'key.pem'])
        copyFileSync(path.join(made.folder, file), path.join(folder, file));
    this.servers.push(server);
    server.configure([]);
    return server;
  }

  /** Ends every server that still runs: rounds of a test that is over only slow down the next. */
  async killAll(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.kill()));
  }

  async close(): Promise<void> {
    await this.killAll();
    rmSync(this.folder, { recursive: true, force: true });
    rmSync(path.dirname(this.program), { recursive: true, force: true });
  }
}

export interface ServerOptions {
  version?: string;
  /** Time factor, default 20. */
  speed?: number;
  env?: Record<string, string>;
}

/** A partner table to write. */
export interface Link {
  to: { origin: string };
  type?: 'mutual-pull' | 'pull' | 'allow-pull';
  certificate: string;
  automatic?: boolean;
}

/** One practice server: its files, its process, what it printed. */
export class PracticeServer {
  private child: ChildProcess | undefined;
  private output = '';
  private ended: Promise<number> = Promise.resolve(0);

  constructor(
    private readonly program: string,
    readonly folder: string,
    readonly name: string,
    readonly httpsPort: number,
    readonly replicationPort: number,
    private options: ServerOptions,
  ) {}

  get origin(): string {
    return `repl://${this.name}.localhost:${this.replicationPort}`;
  }
  get config(): string {
    return path.join(this.folder, 'server.toml');
  }
  /** Everything printed since the first start, both streams, the folder written as /data. */
  get log(): string {
    return this.output.replaceAll(this.folder, '/data');
  }
  /** Where the log ends now, to look only at what comes after. */
  mark(): number {
    return this.log.length;
  }
  since(mark: number): string {
    return this.log.slice(mark);
  }

  set(options: ServerOptions): void {
    this.options = { ...this.options, ...options };
  }

  /** Writes server.toml with these partner tables, as the recorded servers had it. */
  configure(links: readonly Link[], extra: { top?: string; replication?: boolean } = {}): void {
    const format =
      this.options.version === '1.2.0' || this.options.version === '1.1.0-rc.16' ? '' : 'version = "2"\n';
    const keys = { 'mutual-pull': 'partner_cert', pull: 'supplier_cert', 'allow-pull': 'consumer_cert' };
    const tables = links.map(({ to, type = 'mutual-pull', certificate, automatic }) => {
      const flag = type === 'allow-pull' ? '' : `automatic_refresh = ${automatic ?? false}\n`;
      return `\n[replication."${to.origin}"]\ntype = "${type}"\n${keys[type]} = "${certificate}"\n${flag}`;
    });
    const replication =
      `\n[replication]\norigin = "${this.origin}"\nbindaddress = "127.0.0.1:${this.replicationPort}"\n` +
      `task_poll_interval = 5\n${tables.join('')}`;
    this.writeConfig(
      `${extra.top ?? ''}${format}bindaddress = "127.0.0.1:${this.httpsPort}"\ndb_path = "${this.folder}/kanidm.db"\n` +
        `tls_chain = "${this.folder}/chain.pem"\ntls_key = "${this.folder}/key.pem"\ndomain = "idm.example.com"\n` +
        `origin = "https://idm.example.com"\n\n[online_backup]\npath = "${this.folder}/"\nschedule = "00 22 * * *"\n` +
        (extra.replication === false ? '' : replication),
    );
  }

  writeConfig(text: string): void {
    rmSync(this.config, { force: true });
    writeFileSync(this.config, text, { mode: 0o400 });
  }

  private env(): NodeJS.ProcessEnv {
    const { version = DEFAULT_VERSION, speed = 20, env = {} } = this.options;
    const path = process.env['PATH'] ?? '';
    return { PATH: path, PRACTICE_VERSION: version, PRACTICE_SPEED: String(speed), ...env };
  }

  /** Runs one command to its end. */
  run(...args: string[]): Promise<Outcome> {
    return this.runWith(this.config, ...args);
  }

  /** Runs one command with another configuration file. */
  runWith(config: string, ...args: string[]): Promise<Outcome> {
    return new Promise((resolve) => {
      const all = [this.program, ...args, '-c', config];
      execFile(process.execPath, all, { env: this.env(), timeout: 30_000 }, (error, stdout, stderr) => {
        const code = error && typeof error.code === 'number' ? error.code : error ? -1 : 0;
        const plain = (text: string) => text.replaceAll(this.folder, '/data');
        resolve({ code, stdout: plain(stdout), stderr: plain(stderr) });
      });
    });
  }

  /** Starts the server without waiting for it. */
  launch(): void {
    const child = spawn(process.execPath, [this.program, 'server', '-c', this.config], { env: this.env() });
    this.child = child;
    const keep = (chunk: Buffer) => (this.output += chunk.toString('utf8'));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.ended = new Promise((resolve) => child.on('close', (code) => resolve(code ?? -1)));
  }

  /** Starts the server and waits until it replicates, or is ready when it has no replication. */
  async start(): Promise<void> {
    const mark = this.mark();
    this.launch();
    await this.waitFor(/[Rr]eady to rock/, mark);
  }

  /** The exit code, once the process has ended. */
  exit(): Promise<number> {
    return this.ended;
  }

  /** Stops with SIGTERM. @returns the exit code. */
  async stop(): Promise<number> {
    this.child?.kill('SIGTERM');
    return this.ended;
  }

  async kill(): Promise<void> {
    this.child?.kill('SIGKILL');
    await this.ended;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Waits until the log after `mark` matches; `count` times for a global pattern. */
  async waitFor(pattern: RegExp, mark = 0, count = 1): Promise<void> {
    const global = new RegExp(pattern.source, `${pattern.flags.replace('g', '')}g`);
    await until(
      () => (this.since(mark).match(global)?.length ?? 0) >= count,
      () =>
        `${this.name} never printed ${pattern.source} (${count}x). It printed:\n${this.since(mark).slice(-4000)}`,
    );
  }

  /** The certificate as printed. */
  async certificate(): Promise<string> {
    const { stdout } = await this.run('show-replication-certificate');
    const found = /certificate: "([^"]+)"/.exec(stdout)?.[1];
    if (found === undefined) throw new Error(`${this.name} shows no certificate: ${stdout}`);
    return found;
  }

  /** The certificate as the database holds it: quicker than a command, for tests about something else. */
  storedCertificate(): string {
    const text = readFileSync(path.join(this.folder, 'kanidm.db'), 'utf8');
    const found = /"certificate":"([^"]+)"/.exec(text)?.[1];
    if (found === undefined) throw new Error(`${this.name} has no certificate in its database`);
    return found;
  }

  async domainUuid(): Promise<string> {
    const { stdout } = await this.run('domain', 'show');
    return /domain_uuid {3}: (\S+)/.exec(stdout)?.[1] ?? '';
  }

  /** Names of the persons this server knows. */
  async persons(): Promise<string[]> {
    const { stdout } = await this.run('practice', 'entries');
    const answer: unknown = JSON.parse(stdout);
    if (typeof answer !== 'object' || answer === null || !('entries' in answer)) throw new Error(stdout);
    const entries = answer.entries as { name: string; displayName: string; classes: string[] }[];
    return entries
      .filter((one) => one.classes.includes('person'))
      .map((one) => one.displayName)
      .sort();
  }
}

/** Waits for a condition, 25 s at most. */
export async function until(condition: () => boolean, why: () => string): Promise<void> {
  const limit = Date.now() + 25_000;
  while (!condition()) {
    if (Date.now() > limit) throw new Error(why());
    await new Promise((done) => setTimeout(done, 20));
  }
}

async function freePorts(): Promise<[number, number]> {
  const servers = [net.createServer(), net.createServer()];
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            resolve(typeof address === 'object' && address ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return [ports[0] ?? 0, ports[1] ?? 0];
}
