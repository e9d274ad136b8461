import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Children } from './children';
import type { MachineParts } from './commands/command';
import { Faults, type FaultKind } from './faults';
import { Fence } from './fence';
import { Journal } from './journal';
import { KanidmdProgram } from './kanidmd-program';
import { MachineClock } from './machine-clock';
import { makeMachineFolder } from './machine-folder';
import type { ServerTomlFacts } from './server-toml';
import type { LoginRules } from './ssh/authentication';
import { SshServer } from './ssh/server';
import { Unit } from './unit';
import type { UnitStatus } from './unit-status';

/** What a machine is made from. */
export interface MachineOptions {
  readonly facts: ServerTomlFacts;
  /** Which operator's style its server.toml has. */
  readonly style: number;
  readonly sshPort: number;
  readonly login: LoginRules;
  /** The words that start the practice kanidmd. */
  readonly kanidmd: readonly string[];
  readonly speed: number;
  readonly kanidmdEnv: Readonly<Record<string, string>>;
  readonly sudo: 'allowed' | 'denied';
  readonly stopTimeoutMs: number;
  readonly clockOffsetMs: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** What a program printed, and how it ended. `code` is null when a signal ended it. */
export interface RunOutput {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One machine of the practice fleet: an SSH server, a supervised kanidmd, a journal and a folder of files. */
export class Machine {
  readonly id: string;
  readonly user: string;
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly origin: string;
  readonly replicationPort: number;
  /** The machine's folder; everything it has lies in it. */
  readonly folder: string;
  /** Where its server.toml lies. */
  readonly config: string;
  readonly #parts: MachineParts;
  readonly #faults: Faults;
  readonly #ssh: SshServer;

  private constructor(options: MachineOptions, replicationPort: number, config: string, parts: MachineParts) {
    this.id = options.facts.id;
    this.user = options.login.user;
    this.port = options.sshPort;
    this.replicationPort = replicationPort;
    this.origin = `repl://${this.id}.localhost:${replicationPort}`;
    this.folder = parts.fence.root;
    this.config = config;
    this.#parts = parts;
    this.#faults = new Faults();
    this.#ssh = new SshServer(this.id, options.login, parts, this.#faults, [options.facts.httpsPort]);
  }

  /** Makes the machine's folder where it is missing, listens for SSH and starts kanidmd; a kanidmd that fails to start is no error. */
  static async start(options: MachineOptions, replicationPort: number, children: Children): Promise<Machine> {
    const { facts } = options;
    const config = await makeMachineFolder(facts, options.style);
    const clock = new MachineClock({ offsetMs: options.clockOffsetMs });
    const journal = new Journal(join(facts.folder, 'var/log/journal/practice.jsonl'), clock);
    const program = new KanidmdProgram(children, {
      command: options.kanidmd,
      cwd: facts.folder,
      version: facts.version,
      speed: options.speed,
      env: options.kanidmdEnv,
    });
    const unit = new Unit(
      {
        name: 'kanidmd.service',
        config,
        environment: options.environment,
        startTimeoutMs: 90_000,
        stopTimeoutMs: options.stopTimeoutMs,
      },
      { program, journal, clock },
    );
    const fence = new Fence(facts.folder);
    const parts: MachineParts = {
      fence,
      unit,
      journal,
      clock,
      kanidmd: program,
      children,
      sudo: options.sudo,
    };
    const machine = new Machine(options, replicationPort, config, parts);
    await machine.#ssh.listen(options.sshPort);
    await unit.start();
    return machine;
  }

  /** The SSH host key's fingerprint, `SHA256:…`. */
  get fingerprint(): string {
    return this.#ssh.hostKey.fingerprint;
  }

  /** The line of a known_hosts file that knows this machine. */
  get knownHostsLine(): string {
    const [type = '', blob = ''] = this.#ssh.hostKey.publicKey.split(' ');
    return `[${this.host}]:${this.port} ${type} ${blob}`;
  }

  get status(): UnitStatus {
    return this.#parts.unit.status;
  }

  /** `systemctl start kanidmd`, and likewise. The status says how it went. */
  startKanidmd(): Promise<UnitStatus> {
    return this.#parts.unit.start();
  }

  stopKanidmd(): Promise<UnitStatus> {
    return this.#parts.unit.stop();
  }

  restartKanidmd(): Promise<UnitStatus> {
    return this.#parts.unit.restart();
  }

  /** Kills kanidmd as the kernel would; nothing starts it again. */
  killKanidmd(): Promise<UnitStatus> {
    return this.#parts.unit.kill('SIGKILL');
  }

  /** Runs `kanidmd ARGS -c CONFIG` on the machine itself, past SSH: what the server says of its own state. */
  async run(args: readonly string[]): Promise<RunOutput> {
    const child = this.#parts.kanidmd.start([...args, '-c', this.config]);
    child.stdin.end();
    const code = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [stdout, stderr] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
    return { code: await code, stdout, stderr };
  }

  /** Its kanidmd logs these lines at once, for a test of floods. */
  print(messages: readonly string[]): void {
    this.#parts.unit.print(messages);
  }

  /** The journal's messages, oldest first, for a test to look at. */
  journalMessages(): string[] {
    const { journal } = this.#parts;
    const messages: string[] = [];
    for (let number = journal.first; number < journal.next; number += 1) {
      const entry = journal.at(number);
      if (entry) messages.push(entry.message.toString());
    }
    return messages;
  }

  cutConnections(): void {
    this.#ssh.cutConnections();
  }

  /** New connections see another host key; known_hosts keeps the old one. Returns the new fingerprint. */
  changeHostKey(): string {
    return this.#ssh.changeHostKey();
  }

  /** Takes TCP connections and never answers, until `thaw`. */
  freeze(): void {
    this.#ssh.freeze();
  }

  thaw(): void {
    this.#ssh.thaw();
  }

  /** Every command and SFTP request is answered this much later. */
  delay(ms: number): void {
    this.#faults.delay(ms);
  }

  /** The next `times` operations of a kind fail. */
  failNext(kind: FaultKind, times: number): void {
    this.#faults.failNext(kind, times);
  }

  async close(): Promise<void> {
    await this.#ssh.close();
    await this.#parts.unit.stop();
    this.#parts.journal.close();
  }
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
