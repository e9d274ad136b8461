import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createEngine } from '../../../electron/engine/create-engine';
import type { Consent } from '../../../electron/engine/api/consent';
import type { Engine } from '../../../electron/engine/api/engine';
import {
  type PracticeFleet,
  type PracticeFleetOptions,
  startPracticeFleet,
} from '../../../practice/host/fleet';
import { bundleKanidmd } from '../../../practice/kanidmd/conformance/bundle';
import type { FleetText } from '../../../shared/ipc';
import type { Plan } from '../../../shared/plan/model/plan';
import type { DeployEvent } from '../../../shared/plan/model/deploy';

/** A practice fleet and an operator's machine beside it. */
export interface TestSite {
  readonly fleet: PracticeFleet;
  readonly configDir: string;
  text(): Promise<FleetText & { readonly path: string }>;
  /** Another program on the operator's machine: own connections, the same journal. */
  engine(configDir?: string): Engine;
  /** Each server's file, byte for byte. */
  files(): Promise<Readonly<Record<string, string>>>;
  /** What the servers themselves say they hold: the domain, and the people. */
  data(): Promise<Readonly<Record<string, { readonly domain: string; readonly people: readonly string[] }>>>;
  close(): Promise<void>;
}

/** Starts three linked servers, or as many as said; `more` as for the practice fleet. */
export async function startSite(
  servers = 3,
  {
    program: bundled,
    ...more
  }: Pick<PracticeFleetOptions, 'version' | 'speed' | 'pollIntervalSeconds' | 'kanidmdEnv'> & {
    /** A bundled kanidmd, which the caller deletes; without it one is made. */
    readonly program?: string;
  } = {},
): Promise<TestSite> {
  const program = bundled ?? (await bundleKanidmd());
  const home = await mkdtemp(join(tmpdir(), 'kl-home-'));
  const fleet = await startPracticeFleet({
    servers,
    kanidmd: program,
    pollIntervalSeconds: 1,
    linked: true,
    ...more,
  });
  const engines: Engine[] = [];
  const configDir = join(home, 'config');
  return {
    fleet,
    configDir,
    text: async () => ({ path: fleet.fleet, text: await readFile(fleet.fleet, 'utf8') }),
    engine: (dir = configDir) => {
      const engine = createEngine({
        home,
        env: {},
        configDir: dir,
        prompter: { acceptHostKey: () => Promise.resolve(false), secret: () => Promise.resolve(null) },
        log: () => undefined,
        practiceProgram: [],
      });
      engines.push(engine);
      return engine;
    },
    files: async () =>
      Object.fromEntries(
        await Promise.all(
          fleet.machines.map(async (it) => [it.id, await readFile(it.config, 'utf8')] as const),
        ),
      ),
    data: async () =>
      Object.fromEntries(
        await Promise.all(
          fleet.machines.map(async (it) => {
            const domain =
              /domain_uuid: *([0-9a-f-]+)/.exec((await it.run(['domain', 'show'])).stdout)?.[1] ?? '';
            const entries = (await it.run(['practice', 'entries'])).stdout;
            return [it.id, { domain, people: peopleIn(entries) }] as const;
          }),
        ),
      ),
    close: async () => {
      await Promise.all(engines.map((it) => it.close()));
      await fleet.close();
      await rm(home, { recursive: true, force: true });
      if (bundled === undefined) await rm(dirname(program), { recursive: true, force: true });
    },
  };
}

const PEOPLE = ['amelie', 'bjarne', 'chiara', 'dayo', 'elif', 'farid', 'test_user'];
const peopleIn = (entries: string): string[] => PEOPLE.filter((name) => entries.includes(`"${name}"`));

export const anHour = () => ({ signal: new AbortController().signal, timeoutMs: 3_600_000 });

/** Runs a deploy to its end. */
export async function deployed(
  engine: Engine,
  text: FleetText,
  consent: Partial<Consent> = {},
  signal = new AbortController().signal,
  hear: (event: DeployEvent) => void = () => undefined,
): Promise<{
  readonly events: readonly DeployEvent[];
  readonly end: Extract<DeployEvent, { kind: 'finished' }>;
}> {
  const events: DeployEvent[] = [];
  for await (const event of engine.deploy(text, { fingerprint: null, erase: [], ...consent }, signal)) {
    events.push(event);
    hear(event);
  }
  const end = events.at(-1);
  if (end?.kind !== 'finished') throw new Error('the deploy ended without saying how');
  return { events, end };
}

/** What a plan erases. */
export const erased = (plan: Plan): string[] => [...new Set(plan.steps.flatMap((step) => step.erases))];
