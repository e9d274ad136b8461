import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Children } from './children';
import { fleetFile } from './fleet-file';
import { makeSshKey, readSshKey } from './keys';
import { Machine } from './machine';
import { PortPicker } from './ports';

export interface PracticeFleetOptions {
  /** How many machines, 1 to 26: idm-a, idm-b, … */
  readonly servers: number;
  /** The practice kanidmd: a `.cjs` file for the Node that runs this, or the words that start it. */
  readonly kanidmd: string | readonly string[];
  /** Where everything lies. Without it a temporary folder is made, and removed at the end. */
  readonly root?: string;
  /** Remove `root` at the end though it was given. */
  readonly remove?: boolean;
  /** The Kanidm version of all machines; 1.10.5 without it. */
  readonly version?: string;
  /** Machines with a version of their own, by id. */
  readonly versions?: Readonly<Record<string, string>>;
  /** How much faster than real time kanidmd's own waits pass. */
  readonly speed?: number;
  /** More PRACTICE_ variables for every kanidmd (`PRACTICE_RESOLVE`, see practice/kanidmd). */
  readonly kanidmdEnv?: Readonly<Record<string, string>>;
  /** Whether the fleet file links each machine to the next. The servers themselves are never linked here. */
  readonly linked?: boolean;
  readonly pollIntervalSeconds?: number;
  /** Which machines have a `[replication]` section already; all but the first without this. */
  readonly replication?: (id: string) => boolean;
  /** Whether known_hosts is written; without it every host key is unknown. Default: yes. */
  readonly knownHosts?: boolean;
  /** Also (with `keyLogin: false`: only) let people in by this password. */
  readonly password?: string;
  /** Let people in by keyboard-interactive with this answer. */
  readonly keyboardAnswer?: string;
  /** Whether the generated key is let in. Default: yes. */
  readonly keyLogin?: boolean;
  /** Encrypts the key file. */
  readonly passphrase?: string;
  readonly sudo?: 'allowed' | 'denied';
  /** systemd's TimeoutStopSec; 10 s without it. */
  readonly stopTimeoutMs?: number;
  /** How far machines' wall clocks are wrong, by id. */
  readonly clockOffsetsMs?: Readonly<Record<string, number>>;
  /** `Environment=` of a machine's unit, by id: KANIDM_ variables override its server.toml. */
  readonly environments?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Who has accounts where, by machine id; some on the first two without it. */
  readonly people?: Readonly<Record<string, readonly string[]>>;
}

/** A running practice fleet. */
export interface PracticeFleet {
  readonly root: string;
  /** The fleet file's path. */
  readonly fleet: string;
  readonly knownHosts: string;
  readonly identity: string;
  readonly machines: readonly Machine[];
  /** A machine by its id. Throws when there is none: a test names what it made. */
  machine(id: string): Machine;
  /** Stops everything, and removes the folder if the fleet made it. */
  close(): Promise<void>;
}

/**
 * Starts a practice fleet: machines with real SSH servers in this process, and a practice kanidmd each as a child process.
 *
 * @throws when a folder, a port or the program cannot be had; what was started by then is stopped.
 */
export async function startPracticeFleet(options: PracticeFleetOptions): Promise<PracticeFleet> {
  if (!Number.isInteger(options.servers) || options.servers < 1 || options.servers > 26) {
    throw new Error(`A practice fleet has 1 to 26 servers, not ${options.servers}.`);
  }
  const root =
    options.root === undefined ? await mkdtemp(join(tmpdir(), 'kanilink-')) : resolve(options.root);
  await mkdir(root, { recursive: true });
  const children = new Children();
  const machines: Machine[] = [];
  const close = once(async () => {
    await Promise.all(machines.map((machine) => machine.close()));
    await children.close();
    if (options.root === undefined || options.remove) await rm(root, { recursive: true, force: true });
  });
  try {
    const key = makeSshKey('practice', options.passphrase);
    const identity = join(root, 'id_ed25519');
    await writeFile(identity, key.privateKey, { mode: 0o600 });
    await writeFile(`${identity}.pub`, `${key.publicKey}\n`);
    const ports = new PortPicker();
    const starting = Array.from({ length: options.servers }, async (_none, place) => {
      machines[place] = await startMachine(place, root, key.publicKey, ports, children, options);
    });
    // Those that come up are known and closed even when another one cannot be started.
    const failed = (await Promise.allSettled(starting)).find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
    const knownHosts = join(root, 'known_hosts');
    if (options.knownHosts !== false) {
      await writeFile(knownHosts, machines.map((machine) => `${machine.knownHostsLine}\n`).join(''));
    }
    const fleet = join(root, 'fleet.toml');
    const text = fleetFile(machines, {
      linked: options.linked ?? false,
      identity: options.keyLogin !== false,
    });
    await writeFile(fleet, text);
    await Promise.all(machines.map((machine) => createPeople(machine, options.people ?? PEOPLE)));
    const machine = (id: string): Machine => {
      const found = machines.find((one) => one.id === id);
      if (!found) throw new Error(`The practice fleet has no machine ${id}.`);
      return found;
    };
    return { root, fleet, knownHosts, identity, machines, machine, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Whose data wins matters: the first server is in use, the second was tried out once. */
const PEOPLE: Readonly<Record<string, readonly string[]>> = {
  'idm-a': ['amelie', 'bjarne', 'chiara', 'dayo', 'elif', 'farid'],
  'idm-b': ['test_user'],
};

/** The domain of every practice server; whatever is to be linked with one belongs to it. */
export const PRACTICE_DOMAIN = 'idm.localhost';

async function startMachine(
  place: number,
  root: string,
  publicKey: string,
  ports: PortPicker,
  children: Children,
  options: PracticeFleetOptions,
): Promise<Machine> {
  const id = `idm-${String.fromCharCode(97 + place)}`;
  const sshPort = await ports.pick();
  const replicationPort = await ports.pick();
  const configured = options.replication?.(id) ?? place > 0;
  const origin = `repl://${id}.localhost:${replicationPort}`;
  const { password, keyboardAnswer } = options;
  const machine = {
    facts: {
      id,
      version: options.versions?.[id] ?? options.version ?? '1.10.5',
      domain: PRACTICE_DOMAIN,
      folder: join(root, id),
      httpsPort: await ports.pick(),
      replication: configured ? { origin, port: replicationPort } : null,
      pollIntervalSeconds: options.pollIntervalSeconds ?? 15,
    },
    style: place,
    sshPort,
    login: {
      user: 'admin',
      ...(options.keyLogin === false ? {} : { publicKey: readSshKey(publicKey) }),
      ...(password === undefined ? {} : { password }),
      ...(keyboardAnswer === undefined ? {} : { keyboardAnswer }),
    },
    kanidmd: typeof options.kanidmd === 'string' ? [process.execPath, options.kanidmd] : options.kanidmd,
    speed: options.speed ?? 1,
    kanidmdEnv: options.kanidmdEnv ?? {},
    sudo: options.sudo ?? 'allowed',
    stopTimeoutMs: options.stopTimeoutMs ?? 10_000,
    clockOffsetMs: options.clockOffsetsMs?.[id] ?? 0,
    environment: options.environments?.[id] ?? {},
  };
  return Machine.start(machine, replicationPort, children);
}

/** Best effort: a kanidmd that is down, or has no practice verbs, has nobody. */
async function createPeople(
  machine: Machine,
  people: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  if (machine.status.active !== 'active') return;
  for (const name of people[machine.id] ?? []) await machine.run(['practice', 'create-person', name]);
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => (done ??= work());
}
