import { afterEach, describe, expect, it } from 'vitest';
import { fakeDeployment, fakeServer, fakeSite } from '../../../../test/support/fake-deployment';
import { domainOfTest } from '../../../../test/support/fleet-fixtures';
import { ownersOf } from '../../../../shared/fleet/model/owners';
import { PlanBuilder } from '../../../../shared/plan/make/plan-builder';
import type { Step } from '../../../../shared/plan/steps/step';
import type { Trouble } from '../../connect/fake/fake-trouble';
import type { FakeServer } from '../../connect/fake/fake-server';
import { runStep } from '../steps/run-step';
import type { StepResult } from '../deployment/deployment';

/** Refused as kanidmd refuses a role it does not know. */
const BAD = 'role = "write_replica"\n';
const refuses = (config: string): string | null =>
  config.includes(BAD.trim()) ? '[error]: unknown variant `write_replica`' : null;

const CONFIG = '/etc/kanidm/server.toml';
/** What was asked of a server that ends or begins its process. */
const restarts = (server: FakeServer): readonly string[] =>
  server.asked.filter((it) => ['start', 'stop', 'restart'].includes(it));

let end: (() => Promise<void>) | null = null;
afterEach(async () => {
  await end?.();
  end = null;
});

/** Carries out one step against a server in memory; `draw` adds it to a plan, as the planner does. */
async function carryOut(server: FakeServer, draw: (builder: PlanBuilder) => void, trouble?: Trouble) {
  const site = await fakeSite(server, trouble);
  const made = await fakeDeployment([site]);
  ({ end } = made);
  const builder = new PlanBuilder(
    [site.observed],
    ownersOf(made.deployment.fleet, [site.observed]),
    () => true,
  );
  draw(builder);
  let result: StepResult = { ok: true, note: '' };
  for (const step of builder.steps) {
    result = await runStep(made.deployment, step);
    if (!result.ok) break;
  }
  return { result, site, steps: builder.steps as readonly Step[] };
}

const failure = (result: StepResult) => {
  if (result.ok) throw new Error('it went well');
  return result.failure;
};

describe('a server.toml that no process has read', () => {
  it('is tested before a restart; one that kanidmd refuses is never read', async () => {
    const server = fakeServer('idm-a', [], { refuses });
    const good = server.files.text(CONFIG) ?? '';
    server.files.put(CONFIG, BAD + good);
    const { result, site, steps } = await carryOut(server, (builder) =>
      builder.restart(site0, 'it is older'),
    );
    expect(failure(result).fault).toMatchObject({ code: 'config-refused', where: { file: CONFIG } });
    expect(failure(result).fault.detail).toContain('write_replica');
    expect(restarts(server)).toEqual([]);
    expect([server.state, server.reads]).toEqual(['running', good]);
    expect(steps[0]?.requires.join()).toContain('accepts a copy of the server.toml');
    expect(site.observed.state).toBe('running');
  });

  it('is read once kanidmd accepts it', async () => {
    const server = fakeServer('idm-a', [], { refuses });
    const newer = `# newer\n${server.files.text(CONFIG) ?? ''}`;
    server.files.put(CONFIG, newer);
    const { result } = await carryOut(server, (builder) => builder.restart(site0, 'it is older'));
    expect(result.ok).toBe(true);
    expect(server.asked.indexOf('testConfig')).toBeLessThan(server.asked.indexOf('restart'));
    expect(server.asked).toContain('testConfig');
    expect(server.reads).toBe(newer);
  });

  it('is not read when kanidmd would not start with it though it accepts a copy', async () => {
    const server = fakeServer('idm-a', [], { refuses: () => null });
    const backup = '[online_backup]\npath = "/b"\nschedule = "every day"\n';
    server.files.put(CONFIG, `${server.files.text(CONFIG) ?? ''}\n${backup}`);
    const { result } = await carryOut(server, (builder) => builder.restart(site0, 'it is older'));
    expect(failure(result).fault.detail).toContain('online_backup.schedule');
    expect(restarts(server)).toEqual([]);
  });

  it('is not read when it cannot be tested', async () => {
    const server = fakeServer('idm-a', [], { refuses });
    server.files.put(CONFIG, `# newer\n${server.files.text(CONFIG) ?? ''}`);
    const full = { code: 'disk-full', message: 'the disk is full', fix: 'Make room.', where: {} };
    const trouble: Trouble = (asked) => (asked === 'testConfig' ? { fails: full } : null);
    const { result } = await carryOut(server, (builder) => builder.restart(site0, 'it is older'), trouble);
    expect(failure(result).fault.code).toBe('config-untested');
    expect(restarts(server)).toEqual([]);
  });

  it('is tested before a backup that stops the server', async () => {
    const server = fakeServer('idm-a', [], { refuses, version: '1.8.6' });
    const good = server.files.text(CONFIG) ?? '';
    server.files.put(CONFIG, BAD + good);
    const { result } = await carryOut(server, (builder) => builder.backup(site0));
    expect(failure(result).fault.code).toBe('config-refused');
    expect(restarts(server)).toEqual([]);
  });

  it('is tested before the restart that drops a refresh of unknown outcome', async () => {
    const server = fakeServer('idm-b', ['idm-a pull'], { refuses });
    const site = await fakeSite(server);
    const source = await fakeSite(fakeServer('idm-a', ['idm-b allow-pull'], { refuses }));
    const made = await fakeDeployment([site, source]);
    ({ end } = made);
    made.deployment.backups.set(site.server.id, '/backup');
    const builder = new PlanBuilder(
      [site.observed, source.observed],
      ownersOf(made.deployment.fleet, [site.observed, source.observed]),
      () => true,
    );
    const origin = source.observed.config?.replication?.origin as never;
    builder.refresh(site.server.id, source.server.id, origin, domainOfTest('a'), 'command');
    const [step] = builder.steps;
    if (!step) throw new Error('there is a step');
    // Somebody breaks the file while the refresh is asked for.
    const ask = site.connection.kanidmd.bind(site.connection);
    const connection = {
      ...site.connection,
      kanidmd: (...[args, call]: Parameters<typeof ask>) => {
        if (args[0]?.startsWith('refresh')) server.files.put(CONFIG, BAD + (server.files.text(CONFIG) ?? ''));
        return ask(args, call);
      },
    };
    const sites = new Map(made.deployment.sites).set(site.server.id, { ...site, connection });
    const result = await runStep({ ...made.deployment, sites }, step);
    expect(failure(result).fault.code).toBe('config-refused');
    expect(restarts(server)).toEqual([]);
  });

  it('is not put back when kanidmd refuses it: the new one, which it accepts, stays', async () => {
    const server = fakeServer('idm-a', [], { refuses });
    const good = server.files.text(CONFIG) ?? '';
    server.files.put(CONFIG, BAD + good);
    server.breaks = () => 'Could not bind to replication address';
    const { result } = await carryOut(server, (builder) => {
      const put = builder.putBack(site0, `# other\n${good}`, { summary: 'Put back', why: '' });
      if (!put.ok) throw new Error(put.error.message);
    });
    expect(failure(result)).toMatchObject({ undone: false });
    expect(failure(result).fault.fix).toContain('kanidmd refuses it too');
    expect(server.files.text(CONFIG)).toBe(`# other\n${good}`);
  });

  it('is put back and read when kanidmd accepts it and the new one does not come up', async () => {
    const server = fakeServer('idm-a', [], { refuses });
    const good = server.files.text(CONFIG) ?? '';
    server.breaks = (config) => (config.startsWith('# other') ? 'Could not bind' : null);
    const { result } = await carryOut(server, (builder) => {
      const put = builder.putBack(site0, `# other\n${good}`, { summary: 'Put back', why: '' });
      if (!put.ok) throw new Error(put.error.message);
    });
    expect(failure(result)).toMatchObject({ undone: true });
    expect([server.state, server.reads]).toEqual(['running', good]);
  });
});

const site0 = 'idm-a' as never;
