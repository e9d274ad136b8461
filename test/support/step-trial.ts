import type { FakeServer } from '../../electron/engine/connect/fake/fake-server';
import type { Mishap } from '../../electron/engine/connect/fake/fake-trouble';
import {
  type Deployment,
  type Baseline,
  baselineAt,
  type Site,
  type StepFailure,
  type StepResult,
} from '../../electron/engine/deploy/deployment/deployment';
import { type PendingChange, guardErasures } from '../../electron/engine/deploy/guards/guard-erasures';
import { runStep } from '../../electron/engine/deploy/steps/run-step';
import { uncancelled } from '../../electron/engine/base/time';
import type { ServerId } from '../../shared/base/names';
import { serverId } from '../../shared/base/names';
import type { Fault } from '../../shared/base/result';
import type { PlanBuilder } from '../../shared/plan/make/plan-builder';
import { builderOf } from '../../shared/plan/make/make-plan';
import type { Step } from '../../shared/plan/steps/step';
import { fakeDeployment, fakeServer, fakeSite } from './fake-deployment';
import type { Before } from './fake-deploys';
import { effectsOn } from './fake-effects';
import { domainAs, FakeReplication } from './fake-replication';
import { VirtualClock } from './virtual-clock';

export const id = (text: string): ServerId => {
  const read = serverId(text);
  if (read === null) throw new Error(`${text} is no id`);
  return read;
};

/** One step of a deploy against servers in memory that replicate: what it does to them, and how it ends. */
export class StepTrial {
  /** What goes wrong, by what is asked of which server; see `Trouble`. */
  trouble: (server: string, asked: string) => Mishap | null = () => null;
  readonly builder: PlanBuilder;

  private constructor(
    readonly clock: VirtualClock,
    readonly servers: readonly FakeServer[],
    readonly replication: FakeReplication,
    readonly sites: readonly Site[],
    readonly deployment: Deployment,
    readonly said: readonly string[],
    readonly stop: AbortController,
    readonly end: () => Promise<void>,
  ) {
    this.builder = builderOf(
      deployment.fleet,
      sites.map((it) => it.observed),
    );
  }

  /** Servers that have run for a while, probed, and all of them locked. */
  static async of(before: Readonly<Record<string, Before>>): Promise<StepTrial> {
    const clock = new VirtualClock();
    let ago = 600_000;
    const now = (): number => clock.now() - ago;
    const servers = Object.entries(before).map(([name, { domain, tables, version, overrides = {} }]) =>
      fakeServer(name, tables, {
        ...{ now, domain: domainAs(domain), overrides },
        ...(version ? { version } : {}),
      }),
    );
    ago = 0;
    const replication = new FakeReplication(servers, clock);
    clock.advance(60_000);
    const holder: { trial?: StepTrial } = {};
    const sites = await Promise.all(
      servers.map((it) => fakeSite(it, (asked) => holder.trial?.trouble(it.id, asked) ?? null, clock)),
    );
    const stop = new AbortController();
    const { deployment, said, end } = await fakeDeployment(sites, clock, stop.signal);
    const args = [clock, servers, replication, sites, deployment, said, stop, end] as const;
    for (const it of servers) it.asked.length = 0;
    return (holder.trial = new StepTrial(...args));
  }

  server(name: string): FakeServer {
    const server = this.servers.find((it) => it.id === name);
    if (server === undefined) throw new Error(`there is no ${name}`);
    return server;
  }

  site(name: string): Site {
    const site = this.deployment.sites.get(id(name));
    if (site === undefined) throw new Error(`there is no ${name}`);
    return site;
  }

  /** The probe saw something else of a server. */
  saw(name: string, more: Partial<Site['observed']>): void {
    const site = this.site(name);
    const other = { ...site, observed: { ...site.observed, ...more } };
    Object.assign(this.deployment, { sites: new Map(this.deployment.sites).set(site.server.id, other) });
  }

  /** The deploy knows something else of a server. */
  knows(name: string, more: Partial<Baseline>): void {
    const site = this.site(name);
    this.deployment.baselines.set(site.server.id, { ...baselineAt(this.deployment, site), ...more });
  }

  /** The deploy found that logins at these servers fail, before its first step. */
  knowsBroken(...names: readonly string[]): void {
    for (const name of names) this.deployment.loginsFailed.add(name);
  }

  /** What the guard of erasures says of a change of one server: a restart, if nothing else comes. */
  whyErases(
    name: string,
    pending: Partial<PendingChange> = {},
    erases: readonly string[] = [],
  ): Promise<Fault | null> {
    return guardErasures(
      this.deployment,
      { erases: erases.map(id) },
      { server: id(name), config: null, domain: null, ...pending },
      uncancelled(9000),
    );
  }

  /** The step last drawn. */
  get step(): Step {
    const step = this.builder.steps.at(-1);
    if (step === undefined) throw new Error('no step was drawn');
    return step;
  }

  /** Carries the step last drawn out. */
  run(): Promise<StepResult> {
    return runStep(this.deployment, this.step);
  }

  /** The same, of which it is known that it fails. */
  async fails(): Promise<StepFailure> {
    const result = await this.run();
    if (result.ok) throw new Error(`it went well: ${result.note}`);
    return result.failure;
  }

  /** What changed a server, in order. */
  effects(name: string): readonly string[] {
    return effectsOn(this.server(name));
  }

  /** What changed any server, in no order. */
  allEffects(): readonly string[] {
    return this.servers.flatMap((it) => this.effects(it.id));
  }

  /** Somebody does something right before a call is made. @param nth of those that match, from 1. */
  before(what: RegExp, act: () => void, nth = 1): void {
    let seen = 0;
    const other = this.trouble;
    this.trouble = (server, asked) => {
      if (what.test(`${server} ${asked}`) && ++seen === nth) act();
      return other(server, asked);
    };
  }

  /** Somebody does something right after a command or a file was answered. @param nth of those that match, from 1. */
  after(what: RegExp, act: () => void, nth = 1): void {
    let seen = 0;
    const answered = <T>(asked: string, answer: T): T => {
      if (what.test(asked) && ++seen === nth) act();
      return answer;
    };
    for (const { server, connection } of this.sites) {
      const { kanidmd, readFile } = connection;
      Object.assign(connection, {
        kanidmd: async (...args: Parameters<typeof kanidmd>) =>
          answered(`${server.id} kanidmd ${args[0].join(' ')}`, await kanidmd(...args)),
        readFile: async (...args: Parameters<typeof readFile>) =>
          answered(`${server.id} readFile ${args[0]}`, await readFile(...args)),
      });
    }
  }

  /** A call goes wrong, every time. */
  whenAsked(what: RegExp, mishap: Mishap): void {
    const other = this.trouble;
    this.trouble = (server, asked) => (what.test(`${server} ${asked}`) ? mishap : other(server, asked));
  }

  /** Somebody else takes the lock of a server over. */
  takeLock(name: string): void {
    const owner = { who: 'robin', host: 'desk', deploy: 'another', since: this.clock.now(), token: 't' };
    this.server(name).lock = `${JSON.stringify(owner)}\n`;
  }

  /** Somebody edits a server.toml. */
  edit(name: string, change: (text: string) => string): void {
    const { files, configPath } = this.server(name);
    files.put(configPath, change(files.text(configPath) ?? ''));
  }
}
