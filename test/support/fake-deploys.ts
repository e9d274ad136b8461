import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../../electron/engine/api/engine';
import { createEngine } from '../../electron/engine/create-engine';
import type { FakeServer, FakeServerOptions } from '../../electron/engine/connect/fake/fake-server';
import type { Mishap } from '../../electron/engine/connect/fake/fake-trouble';
import type { Consent } from '../../electron/engine/api/consent';
import type { FleetText } from '../../shared/ipc';
import type { DeployEvent } from '../../shared/plan/model/deploy';
import type { Job } from '../../shared/plan/model/job';
import { uncancelled } from '../../electron/engine/base/time';
import { value } from './results';
import { fakeFleet, type FakeLink } from './fake-fleet';
import { domainAs, FakeReplication } from './fake-replication';
import { practiceRefuses } from './practice-config';
import { VirtualClock } from './virtual-clock';

/** A server as it is before a deploy. */
export interface Before {
  /** First digit of its domain uuid. */
  readonly domain: string;
  /** As in `fleet-fixtures`; null: no `[replication]`. */
  readonly tables: readonly string[] | null;
  readonly version?: string;
  /** Its environment: `KANIDM_*`. */
  readonly overrides?: Readonly<Record<string, string>>;
}

/** How a deploy ended. */
export type End = Extract<DeployEvent, { kind: 'finished' }>;

/**
 * The real engine over a fleet in memory whose servers replicate. Time is virtual, so that a deploy with all its waits
 * takes a moment.
 */
export class FakeDeploys {
  readonly clock = new VirtualClock();
  readonly servers: readonly FakeServer[];
  readonly replication: FakeReplication;
  readonly text: FleetText;
  readonly engine: Engine;
  /** What goes wrong. */
  trouble: (server: string, asked: string) => Mishap | null = () => null;
  private dead = false;

  private constructor(
    before: Readonly<Record<string, Before>>,
    links: readonly FakeLink[],
    readonly configDir: string,
  ) {
    const options = (id: string): Partial<FakeServerOptions> => {
      const { domain = 'a', version, overrides = {} } = before[id] ?? {};
      return {
        domain: domainAs(domain),
        overrides,
        refuses: practiceRefuses(version),
        ...(version === undefined ? {} : { version }),
      };
    };
    const tables = Object.fromEntries(Object.entries(before).map(([id, it]) => [id, it.tables]));
    const fleet = fakeFleet(tables, links, (id) => (asked) => this.mishap(id, asked), {
      server: options,
      clock: this.clock,
    });
    this.servers = fleet.servers;
    this.text = fleet.text;
    this.replication = new FakeReplication(fleet.servers, this.clock);
    this.clock.advance(40_000);
    this.engine = createEngine({
      ...{ home: configDir, env: {}, configDir, log: () => undefined, practiceProgram: [] },
      ...{ prompter: { acceptHostKey: async () => false, secret: async () => null }, open: fleet.open },
      clock: this.clock,
    });
  }

  static async of(
    before: Readonly<Record<string, Before>>,
    links: readonly FakeLink[],
  ): Promise<FakeDeploys> {
    return new FakeDeploys(before, links, await mkdtemp(join(tmpdir(), 'kl-deploys-')));
  }

  /** The program is killed: it asks nobody anything any more, and gives nothing back. */
  kill(): void {
    this.dead = true;
  }

  /** Another program begins, on a network that works. */
  revive(): void {
    this.dead = false;
    this.trouble = () => null;
  }

  private mishap(server: string, asked: string): Mishap | null {
    if (this.dead) return { killed: 'before' };
    return this.trouble(server, asked);
  }

  /** Whether a deploy is to be resumed or rolled back before another. */
  async interrupted(): Promise<boolean> {
    return value(await this.engine.pastDeploys(this.text)).interrupted !== null;
  }

  server(id: string): FakeServer {
    const server = this.servers.find((it) => it.id === id);
    if (server === undefined) throw new Error(`there is no ${id}`);
    return server;
  }

  async plan(job?: Job) {
    return value(await this.engine.plan(this.text, { ...uncancelled(600_000), ...(job ? { job } : {}) }));
  }

  /** Runs a deploy to its end; whatever it erases is agreed to. @param hear gets every event as it comes. */
  async deploy(
    job: Job = { kind: 'apply' },
    consent: Partial<Consent> = {},
    hear: (event: DeployEvent) => void = () => undefined,
    signal = new AbortController().signal,
  ): Promise<End> {
    // Two deploys of one moment could not be told apart by their time.
    this.clock.advance(5_000);
    const plan = await this.plan(job);
    const erase = [...new Set(plan.steps.flatMap((step) => step.erases))];
    let end: End | null = null;
    for await (const event of this.engine.deploy(
      this.text,
      { fingerprint: null, erase, job, ...consent },
      signal,
    )) {
      hear(event);
      if (event.kind === 'finished') end = event;
    }
    if (end === null) throw new Error('the deploy ended without saying how');
    return end;
  }

  /** The files of all servers. */
  files(): Readonly<Record<string, string | null>> {
    return Object.fromEntries(this.servers.map((it) => [it.id, it.files.text(it.configPath)]));
  }

  /** `idm-b ← idm-a: replicating`, of every pull. */
  async health(): Promise<readonly string[]> {
    const status = value(await this.engine.status(this.text, { ...uncancelled(600_000), wait: true }));
    return status.pulls.map((it) => `${it.consumer} ← ${it.supplier}: ${it.health}`);
  }

  async close(): Promise<void> {
    await this.engine.close();
    await rm(this.configDir, { recursive: true });
  }
}
