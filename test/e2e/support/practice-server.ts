import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readRounds, type SeenRound } from './rounds';

/**
 * One server of a practice fleet, asked directly: its own `kanidmd` on its own machine and its own journal. Neither
 * Kanilink nor its SSH connection lies between, so a window that shows something else than what is shows here.
 */
export class PracticeServer {
  readonly id: string;
  readonly config: string;
  readonly #folder: string;
  readonly #program: string;
  readonly #version: string;

  /**
   * @param folder the machine's folder
   * @param program the practice kanidmd, a `.cjs` file
   * @param version the Kanidm version the machine runs
   */
  constructor(id: string, folder: string, program: string, version = '1.10.5') {
    this.id = id;
    this.config = join(folder, 'etc', 'kanidm', 'server.toml');
    this.#folder = folder;
    this.#program = program;
    this.#version = version;
  }

  /** The text of its server.toml. */
  get configText(): string {
    return readFileSync(this.config, 'utf8');
  }

  /** The domain's uuid, from `kanidmd domain show`. */
  async domainUuid(): Promise<string> {
    const output = await this.#kanidmd(['domain', 'show']);
    const uuid = /domain_uuid\s*: ([0-9a-f-]{36})/.exec(output)?.[1];
    if (uuid === undefined) throw new Error(`${this.id} does not show its domain:\n${output}`);
    return uuid;
  }

  /** Names of the people in its database, sorted. */
  async people(): Promise<readonly string[]> {
    const answer: unknown = JSON.parse(await this.#kanidmd(['practice', 'entries']));
    return entriesOf(answer)
      .filter(({ classes }) => classes.includes('person'))
      .map(({ name }) => name)
      .sort();
  }

  async createPerson(name: string): Promise<void> {
    await this.#kanidmd(['practice', 'create-person', name]);
  }

  /** Makes its database one that knows no change of the last days, as an old copy does. It must be stopped. */
  forget(days: number): void {
    const file = join(this.#folder, 'var', 'lib', 'kanidm', 'kanidm.db');
    const database = JSON.parse(readFileSync(file, 'utf8'));
    for (const [server, { secs }] of Object.entries<{ readonly secs: number }>(database.ruv)) {
      database.ruv[server] = { secs: secs - days * 86_400, nanos: 0 };
      database.known[server] = [database.ruv[server]];
    }
    writeFileSync(file, JSON.stringify(database));
  }

  /** Its rounds and refreshes, oldest first, from its journal. */
  rounds(): readonly SeenRound[] {
    return readRounds(this.journal());
  }

  /** Its journal: when a line was written (microseconds since the epoch) and what it says, oldest first. */
  journal(): readonly { readonly at: number; readonly text: string }[] {
    const file = join(this.#folder, 'var', 'log', 'journal', 'practice.jsonl');
    return readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line) => {
        const entry = parse(line);
        return typeof entry?.['realtime'] === 'number' && typeof entry['message'] === 'string'
          ? [{ at: entry['realtime'], text: entry['message'] }]
          : [];
      });
  }

  #kanidmd(args: readonly string[]): Promise<string> {
    const env = { PATH: process.env['PATH'], PRACTICE_VERSION: this.#version };
    return new Promise((resolve, reject) => {
      execFile(
        process.execPath,
        [this.#program, ...args, '-c', this.config],
        { env, timeout: 20_000, maxBuffer: 64_000_000 },
        (error, stdout, stderr) => {
          if (error) reject(new Error(`${this.id}: kanidmd ${args.join(' ')}: ${error.message}\n${stderr}`));
          else resolve(stdout);
        },
      );
    });
  }
}

/**
 * The servers of a practice fleet, found by the folders beside its fleet file.
 *
 * @param fleetFile path of the fleet file the practice fleet wrote
 * @param program the practice kanidmd, a `.cjs` file
 */
export function practiceServers(fleetFile: string, program: string): readonly PracticeServer[] {
  const root = dirname(fleetFile);
  return readdirSync(root)
    .filter((name) => statSync(join(root, name)).isDirectory())
    .sort()
    .map((id) => new PracticeServer(id, join(root, id), program));
}

interface Entry {
  readonly name: string;
  readonly classes: readonly string[];
}

function entriesOf(answer: unknown): readonly Entry[] {
  if (
    typeof answer !== 'object' ||
    answer === null ||
    !('entries' in answer) ||
    !Array.isArray(answer.entries)
  )
    throw new Error(`not a list of entries: ${JSON.stringify(answer)}`);
  return answer.entries;
}

function parse(line: string): Record<string, unknown> | null {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
