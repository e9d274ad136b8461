import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { value } from '../../../../test/support/results';
import { certificateOfTest } from '../../../../test/support/fleet-fixtures';
import { readFleet } from '../../../../shared/fleet/read/read-fleet';
import type { FleetText } from '../../../../shared/ipc';
import type { DeployEvent } from '../../../../shared/plan/model/deploy';
import type { Job } from '../../../../shared/plan/model/job';
import { certificateText, domainUuid } from '../../../../shared/base/names';
import { uncancelled } from '../../base/time';
import { fakeConnection } from '../../connect/fake/fake-connection';
import { FakeServer } from '../../connect/fake/fake-server';
import type { ObservedFleet } from '../../fleet/observe-fleet';
import { probeServer } from '../../fleet/probe/probe-server';
import type { Site } from '../deployment/deployment';
import { planJob } from '../plan/plan-job';
import { notRunning } from '../run/not-running';
import { runDeploy } from '../run/run-deploy';
import { historyOf } from './history';
import { readDeploys } from './read-journal';
import { inOwnFolder } from '../../../../test/support/own-folder';
import { VirtualClock } from '../../../../test/support/virtual-clock';

/** Journals as they were written in an earlier format, and the servers they left (test/recorded/journals/README.md). */
const FORMATS = fileURLToPath(new URL('../../../../test/recorded/journals/', import.meta.url));
const format1 = `${FORMATS}format-1/`;

interface Left {
  readonly id: string;
  readonly path: string;
  readonly config: string;
  readonly domain: string;
  readonly certificate: string | null;
}

let configDir: string;
inOwnFolder('recorded', (made) => (configDir = made));

/** The operator's machine and the servers as one recording left them; the servers in memory. */
async function replayed(name: string) {
  await cp(`${format1}${name}/deploys`, join(configDir, 'deploys'), { recursive: true });
  const text: FleetText = {
    path: '/srv/practice/fleet.toml',
    text: await readFile(`${format1}${name}/fleet.toml`, 'utf8'),
  };
  const { fleet } = readFleet(text.text, text.path);
  if (fleet === null) throw new Error('the fleet file is read');
  // Recorded on another machine: nothing here can know that its process is gone.
  value(await notRunning(configDir, { path: text.path, name: fleet.name }));
  const { deploys } = await readDeploys(configDir);
  const begun = Date.parse(deploys.at(-1)?.header.at ?? '');
  const left = JSON.parse(await readFile(`${format1}${name}/servers.json`, 'utf8')) as readonly Left[];
  // What was killed between a file and its restart; every other server had been restarted with what it was given.
  const unread = name === 'written' ? 'idm-b' : null;
  // Between a restart and its first line lies more than two readings of a clock differ by.
  const clock = new VirtualClock();
  const servers = left.map((it) => serverOf(it, begun, it.id === unread, clock));
  const observe = async (): Promise<ObservedFleet> => {
    const sites = await Promise.all(
      fleet.servers.map(async (server): Promise<Site> => {
        const fake = servers.find((it) => it.id === server.id);
        if (fake === undefined) throw new Error('it was recorded');
        const connection = fakeConnection(fake);
        return {
          server,
          connection,
          observed: await probeServer(server, connection, clock, uncancelled(10_000)),
        };
      }),
    );
    const observed = sites.map((it) => it.observed);
    return {
      fleet,
      path: text.path,
      observed,
      sites: new Map(sites.map((it) => [it.server.id, it])),
      problems: [],
    };
  };
  const planned = async (job: Job) =>
    planJob(job, await observe(), await readDeploys(configDir), { configDir, clock });
  const run = async (job: Job) => {
    const seen = await observe();
    const past = await readDeploys(configDir);
    const { plan, of, partial } = value(await planJob(job, seen, past, { configDir, clock }));
    const events: DeployEvent[] = [];
    const outcome = await runDeploy({
      ...{
        fleet,
        text,
        plan,
        sites: seen.sites,
        erase: [],
        purpose: job.kind,
        of,
        partial,
        past,
        takeOver: false,
      },
      ...{ configDir, clock, signal: new AbortController().signal },
      tell: (event) => events.push(event),
    });
    return { outcome, events };
  };
  return { text, fleet, servers, planned, run, history: () => historyOf(text, fleet.name, configDir) };
}

/** A server with the file the deploy left, which its process has read, or is older than. */
function serverOf(
  { id, path, config, domain, certificate }: Left,
  begun: number,
  unread: boolean,
  clock: VirtualClock,
): FakeServer {
  const uuid = domainUuid(domain);
  const pin = certificateText(certificate ?? certificateOfTest(id));
  if (uuid === null || pin === null) throw new Error('it was recorded');
  const server = new FakeServer({
    ...{ id, now: clock.now },
    config,
    configPath: path,
    domain: { name: 'idm.localhost', uuid },
    certificate: pin,
  });
  server.files.put(path, config, {}, begun + 1000);
  server.startedAt = unread ? begun - 60_000 : begun + 1000;
  return server;
}

const summaries = (plan: { readonly steps: readonly { readonly summary: string }[] }): readonly string[] =>
  plan.steps.map((it) => it.summary);

describe('journals of format 1', () => {
  it('are all read, step by step', async () => {
    for (const name of await readdir(format1)) {
      await cp(`${format1}${name}/deploys`, join(configDir, 'deploys'), { recursive: true, force: true });
      const { deploys, unreadable } = await readDeploys(configDir);
      expect(unreadable).toEqual([]);
      expect(deploys.length).toBeGreaterThan(0);
      for (const it of deploys) expect(it.header).toMatchObject({ format: 2, who: 'alex' });
      await rm(join(configDir, 'deploys'), { recursive: true });
    }
  });

  it('killed between a new file and its restart: resume restarts the server, and goes on', async () => {
    const { run, planned, history, servers } = await replayed('written');
    expect((await history()).deploys).toMatchObject([
      { state: 'interrupted', possible: ['resume', 'rollback'] },
    ]);
    expect(value(await planned({ kind: 'resume' }))).toMatchObject({ partial: true });
    expect(await run({ kind: 'resume' })).toMatchObject({ outcome: 'done' });
    expect(servers.find((it) => it.id === 'idm-b')?.asked).toContain('restart');
    const rest = value(await planned({ kind: 'resume' }));
    expect(rest.partial).toBe(false);
    expect(rest.plan.steps.map((it) => it.action)).toContain('refresh');
  });

  it('the same, rolled back: every file is as it was, byte for byte, and the deploy is settled', async () => {
    const { run, history, servers } = await replayed('written');
    const [record] = (await readDeploys(configDir)).deploys;
    expect(await run({ kind: 'rollback', deploy: null })).toMatchObject({ outcome: 'done' });
    for (const server of servers) {
      const step = server.id === 'idm-a' ? 1 : 3;
      const before = await readFile(
        join(record?.folder ?? '', `step-${step}.${server.id}.before.toml`),
        'utf8',
      );
      expect(server.files.text(server.configPath)).toBe(before);
      expect(server.reads).toBe(before);
    }
    expect(await history()).toMatchObject({
      interrupted: null,
      deploys: [{ purpose: 'rollback' }, { possible: [] }],
    });
  });

  it('killed while a refresh was under way: the request is dropped by a restart before anything else', async () => {
    const { run, planned, servers } = await replayed('refreshing');
    const { plan, partial } = value(await planned({ kind: 'resume' }));
    expect([summaries(plan), partial]).toEqual([['Restart idm-b'], true]);
    expect(await run({ kind: 'resume' })).toMatchObject({ outcome: 'done' });
    expect(servers.find((it) => it.id === 'idm-b')?.asked.filter((it) => it === 'restart')).toHaveLength(1);
    const back = value(await planned({ kind: 'rollback', deploy: null }));
    expect(back.plan.problems).toMatchObject([{ code: 'refresh-not-undone', server: 'idm-b' }]);
    expect(back.plan.problems[0]?.fix).toMatch(/database restore \S+idm-b-\d+T\d+Z\.json\.gz.*/);
  });

  it('killed after a renewal: nothing brings the certificate back, so only a resume is possible', async () => {
    const { planned, history } = await replayed('renewed');
    expect((await history()).deploys[0]).toMatchObject({ purpose: 'renew', possible: ['resume'] });
    expect(await planned({ kind: 'rollback', deploy: null })).toMatchObject({
      error: { code: 'renewal-not-undone' },
    });
    const { plan } = value(await planned({ kind: 'resume' }));
    const pins = plan.steps.flatMap((it) => (it.action === 'configure' ? it.changes : []));
    expect(pins).toMatchObject([{ kind: 'pin-partner', of: 'idm-a' }]);
  });

  it('ended well: it can be rolled back, with a warning that what replicates stops', async () => {
    const { planned, run, history, servers } = await replayed('finished');
    const [last] = (await history()).deploys;
    expect(last).toMatchObject({ outcome: 'done', possible: ['rollback'] });
    const job = { kind: 'rollback', deploy: last?.deploy ?? '' } as const;
    const { plan } = value(await planned(job));
    expect(plan.problems.map((it) => it.code)).toEqual(['rolls-back-finished', 'refresh-not-undone']);
    expect(await run(job)).toMatchObject({ outcome: 'done' });
    for (const server of servers) expect(server.reads).not.toContain('partner_cert');
  });

  it('undone or finished by a later one: what is done cannot be done again', async () => {
    const undone = await replayed('rolled-back');
    expect((await undone.history()).deploys).toMatchObject([
      { purpose: 'rollback', possible: [] },
      { purpose: 'apply', possible: [] },
    ]);
    const deploy = (await undone.history()).deploys[1]?.deploy ?? '';
    expect(await undone.planned({ kind: 'rollback', deploy })).toMatchObject({
      error: { code: 'nothing-to-undo' },
    });
    expect(await undone.planned({ kind: 'resume' })).toMatchObject({
      error: { code: 'nothing-interrupted' },
    });
  });
});
