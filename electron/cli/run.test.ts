import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../shared/comparison';
import type { LogLineView, PlanView } from '../../shared/ipc';
import type { StatusReport } from '../../shared/observed';
import type { DeployEvent } from '../../shared/plan/deploy';
import type { DeployHistory, HistoryDeploy } from '../../shared/plan/history';
import type { Problem } from '../../shared/problem';
import { fail, type Fault, ok, type Result } from '../../shared/result';
import type { Engine } from '../engine/engine';
import { run } from './run';
import { plain } from './text/paint';
import type { World } from './world';

const FLEET = `version = 1
name = "Home"
[[server]]
id = "idm-a"
connect = "ssh"
endpoint = "ssh://a"
[[server]]
id = "idm-b"
connect = "ssh"
endpoint = "ssh://b"
[[link]]
supplier = "idm-a"
consumer = "idm-b"
`;
const UUID = '8bd2165e-0000-4000-8000-000000000001';

const problem = (severity: Problem['severity'], code = 'some-rule'): Problem => ({
  severity,
  code,
  server: 'idm-a',
  message: 'Something is so.',
  fix: 'Do this.',
  where: { server: 'idm-a' },
});
const fault: Fault = { code: 'broke', message: 'It broke.', fix: 'Mend it.', detail: 'evidence', where: {} };

const step = (id: string, erases: string[] = []): PlanView['steps'][number] => ({
  id,
  server: 'idm-b',
  action: erases.length > 0 ? 'refresh' : 'configure',
  needs: [],
  requires: [],
  restarts: true,
  summary: `Step ${id}`,
  why: 'Because.',
  risk: erases.length > 0 ? 'data is lost' : '',
  diff: '--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n',
  erases,
});
const view = (steps: PlanView['steps'], more: Partial<PlanView> = {}): PlanView => ({
  fingerprint: 'f1',
  blocked: false,
  steps,
  problems: [],
  ...more,
});
const erasing = view([step('1'), step('2', ['idm-b'])]);

const report = (health: StatusReport['pulls'][number]['health'], problems: Problem[] = []): StatusReport => ({
  servers: [
    {
      id: 'idm-a',
      state: 'running',
      version: '1.10.5',
      domain: 'example.com',
      domainUuid: UUID,
      fileRead: true,
      replication: true,
      certificate: { fingerprint: 'SHA256:x', notBefore: '2026-01-01', notAfter: '2030-01-01', names: ['a'] },
    },
  ],
  pulls: [
    { consumer: 'idm-b', supplier: 'idm-a', health, cause: 'the cause', fix: 'the fix', lastSuccess: null },
  ],
  problems,
});

const doneEvents: DeployEvent[] = [
  { kind: 'started', deploy: 'd1', journal: '/j/d1', at: 1, expected: [] },
  { kind: 'step', step: '1', state: 'running', at: 2, note: '' },
  { kind: 'output', step: '1', text: 'testing', at: 3 },
  { kind: 'step', step: '1', state: 'done', at: 4, note: '' },
  { kind: 'finished', outcome: 'done', problems: [], at: 5 },
];

const past: HistoryDeploy = {
  deploy: '20261126-055500-ab12',
  folder: '/j/20261126-055500-ab12',
  at: '2026-11-26T05:55:00.000Z',
  purpose: 'apply',
  of: null,
  who: 'mia',
  host: 'laptop',
  state: 'interrupted',
  outcome: null,
  settledBy: null,
  steps: [
    {
      id: '1',
      server: 'idm-b',
      action: 'configure',
      summary: 'Add idm-a on idm-b',
      diff: '',
      state: 'begun',
      note: '',
      tookMs: null,
    },
  ],
  files: [],
};
const interrupted: DeployHistory = { deploys: [past], interrupted: past.deploy, unreadable: [] };

/** What the engine answers, and what was asked of it. */
interface Scene {
  readonly fleet?: string;
  readonly status?: Result<StatusReport>;
  readonly plan?: Result<PlanView>;
  /** One after the other, where it is planned several times. */
  readonly plans?: readonly Result<PlanView>[];
  readonly events?: readonly DeployEvent[];
  readonly logs?: readonly Result<LogLineView>[];
  readonly comparisons?: readonly Comparison[];
  readonly answers?: readonly string[];
  readonly history?: DeployHistory;
  readonly terminal?: boolean;
  readonly columns?: number;
}

async function call(line: string, scene: Scene = {}) {
  const plans = [...(scene.plans ?? [])];
  const asked = {
    waited: null as boolean | null,
    deploys: [] as unknown[],
    saved: [] as string[],
    closed: 0,
  };
  const engine: Engine = {
    loadFleet: (path) =>
      Promise.resolve(
        path === 'none.toml'
          ? fail({ ...fault, code: 'fleet-unreadable' })
          : ok({ path, text: scene.fleet ?? FLEET }),
      ),
    history: () => Promise.resolve(ok(scene.history ?? { deploys: [], interrupted: null, unreadable: [] })),
    certificates: () => Promise.reject(new Error('not asked for')),
    runbook: () => Promise.reject(new Error('not asked for')),
    compare: () => Promise.resolve(ok(scene.comparisons ?? [])),
    lastComparisons: () => Promise.reject(new Error('not asked for')),
    saveFleet: (path, text) => {
      asked.saved.push(text);
      return Promise.resolve(ok({ path }));
    },
    adopt: () => Promise.reject(new Error('not asked for')),
    // After a deploy the primary is asked for its domain, and no other server.
    testServer: (_fleet, id) => {
      const server = report('replicating').servers.find((it) => it.id === id);
      if (server === undefined) throw new Error(`${id} was asked for`);
      const more = { domainLevel: 14, configPath: null, origin: null, clockOffsetMs: null, problems: [] };
      return Promise.resolve(ok({ ...server, ...more }));
    },
    status: (_fleet, { wait, waiting }) => {
      asked.waited = wait;
      if (wait) waiting?.(20_000);
      return Promise.resolve(scene.status ?? ok(report('replicating')));
    },
    plan: () => Promise.resolve(plans.shift() ?? scene.plan ?? ok(view([]))),
    deploy: async function* (_fleet, consent) {
      asked.deploys.push(consent);
      for (const event of scene.events ?? doneEvents) yield await Promise.resolve(event);
    },
    logs: async function* () {
      for (const item of scene.logs ?? []) yield await Promise.resolve(item);
    },
    watch: () => {
      throw new Error('not asked for');
    },
    startPractice: ({ servers }) => Promise.resolve(ok({ path: `/practice/${servers}/fleet.toml` })),
    stopPractice: () => Promise.resolve(),
    sshAliases: () => Promise.resolve([]),
    listContainers: () => Promise.reject(new Error('not asked for')),
    dockerContexts: () => Promise.resolve([]),
    close: () => {
      asked.closed += 1;
      return Promise.resolve();
    },
  };
  const out: string[] = [];
  const err: string[] = [];
  const answers = [...(scene.answers ?? [])];
  const interrupt = new AbortController();
  const print = (text: string): void => void out.push(text);
  const say = (text: string): void => {
    err.push(text);
    // The practice fleet runs until Ctrl-C, which comes once it says so.
    if (text.includes('until Ctrl-C')) interrupt.abort();
  };
  const world: World = {
    engine,
    print,
    say,
    paint: plain,
    paintSaid: plain,
    interactive: scene.terminal ?? false,
    columns: scene.columns ?? null,
    askLine: (question) => {
      say(question);
      return Promise.resolve(scene.answers ? (answers.shift() ?? null) : null);
    },
    signal: interrupt.signal,
    now: () => 0,
  };
  const words = line.split(' ').filter((word) => word !== '');
  const code = await run(words, { print, say, version: '9.8.7', open: () => world });
  return { code, out: out.join('\n'), err: err.join('\n'), asked };
}

/** The one JSON document on standard output. */
const json = (out: string): unknown => JSON.parse(out);

describe('calling the command line', () => {
  it.each([
    ['', 64, /kanilink COMMAND FLEET/],
    ['frobnicate', 64, /no command "frobnicate"/],
    ['plan', 64, /needs the path of a fleet file/],
    ['plan a.toml b.toml', 64, /does not know what to do with "b.toml"/],
    ['plan a.toml --yes', 64, /takes no --yes/],
    ['plan a.toml --frob', 64, /--frob/],
    ['apply a.toml --erase', 64, /--erase needs a value: --erase ID/],
    ['logs a.toml --json --follow', 64, /one document/],
    ['apply a.toml --erase --yes', 64, /--erase needs a value: --erase ID/],
    ['apply a.toml --yes=no', 64, /--yes takes no value/],
    ['logs a.toml --only errors', 64, /replication, all, warnings/],
    ['apply a.toml --yes --erase idm-z', 64, /no server idm-z; it has idm-a, idm-b/],
    ['renew a.toml --yes --server idm-z', 64, /no server idm-z; it has idm-a, idm-b/],
    ['logs a.toml --server idm-z', 64, /no server idm-z; it has idm-a, idm-b/],
    ['practice --servers 1', 64, /2 to 8/],
    ['practice --servers two', 64, /2 to 8/],
  ])('refuses "%s" with 64 and says why', async (line, code, words) => {
    const called = await call(line);
    expect(called.code).toBe(code);
    expect(called.err).toMatch(words);
    expect(called.out === '').toBe(!line.includes('--json'));
    expect(called.asked).toMatchObject({ deploys: [], waited: null });
    if (line === '' || line.includes('--json')) return;
    expect(json((await call(`${line} --json`)).out)).toEqual({
      problems: [
        {
          severity: 'error',
          code: 'usage',
          server: null,
          message: expect.stringMatching(words),
          fix: expect.any(String),
          where: {},
        },
      ],
    });
  });

  it('prints its usage errors as JSON, without a terminal to ask on too', async () => {
    const called = await call('apply a.toml --json', { plan: ok(erasing) });
    expect(called).toMatchObject({ code: 64, asked: { deploys: [] } });
    expect(json(called.out)).toMatchObject({
      problems: [{ code: 'usage', fix: expect.stringContaining('--yes --erase idm-b') }],
    });
  });

  it.each(['help', '--help', '-h', 'help plan', 'plan --help', 'help renew'])(
    'helps with "%s"',
    async (line) => {
      const called = await call(line);
      expect(called.code).toBe(0);
      expect(called.out).toMatch(/kanilink/);
    },
  );

  it('prints its version', async () => {
    expect(await call('--version')).toMatchObject({ code: 0, out: '9.8.7' });
  });

  it.each(['check', 'status', 'plan', 'apply', 'logs'])(
    'reports every problem of a broken fleet file: %s',
    async (name) => {
      const broken = FLEET.replace('idm-b"\nconnect', 'IDM B"\nconnect').replace('"Home"', '7');
      for (const flag of ['', '--json']) {
        const called = await call(`${name} fleet.toml ${flag}`, { fleet: broken });
        expect(called.code).toBe(1);
        expect(called.out).toContain('id of the 2nd [[server]] ');
        expect(called.out.includes('server[1].id')).toBe(flag !== '');
        expect(called.out).toContain('name');
        if (flag)
          expect(json(called.out)).toMatchObject({
            problems: [{ where: { line: 2 } }, { where: { line: 8 } }],
          });
        else expect(called.out).toContain('fleet.toml:8:1');
      }
      expect(await call(`${name} none.toml`)).toMatchObject({ code: 1 });
    },
  );
});

describe('renew', () => {
  it('asks whose certificate before it looks at anything', async () => {
    const called = await call('renew a.toml --yes');
    expect(called).toMatchObject({ code: 64, out: '', asked: { deploys: [] } });
    expect(called.err).toContain('--server ID');
  });
});

describe('refresh', () => {
  it('asks which servers are to take other data before it looks at anything', async () => {
    const called = await call('refresh a.toml --yes');
    expect(called).toMatchObject({ code: 64, out: '', asked: { deploys: [] } });
    expect(called.err).toContain('--erase ID');
  });

  it('is agreed to by naming them', async () => {
    const called = await call('refresh a.toml --erase idm-b --yes', { plan: ok(erasing) });
    expect(called).toMatchObject({
      code: 0,
      asked: { deploys: [{ erase: ['idm-b'], job: { kind: 'refresh', servers: ['idm-b'] } }] },
    });
    const other = await call('refresh a.toml --erase idm-a --yes', { plan: ok(erasing) });
    expect(other).toMatchObject({ code: 1, asked: { deploys: [] } });
  });
});

describe('check', () => {
  it('exits 0 with warnings and 1 with errors', async () => {
    const warned = await call('check f.toml', { status: ok(report('broken', [problem('warning')])) });
    expect(warned).toMatchObject({ code: 0, asked: { waited: false, closed: 1 } });
    expect(warned.out).toContain('1 warning');
    expect((await call('check f.toml')).out).toBe('No problems.');
    expect((await call('check f.toml', { status: ok(report('broken', [problem('error')])) })).code).toBe(1);
    expect((await call('check f.toml', { status: fail(fault) })).code).toBe(1);
  });

  it('prints one JSON document', async () => {
    const { out } = await call('check f.toml --json', { status: ok(report('broken', [problem('error')])) });
    expect(json(out)).toEqual({ problems: [problem('error')] });
  });
});

describe('status', () => {
  it('exits 0 only when every pull replicates and no rule finds an error', async () => {
    expect(await call('status f.toml')).toMatchObject({ code: 0, asked: { waited: true } });
    for (const health of ['waiting', 'needs-refresh', 'broken', 'paused', 'unknown'] as const)
      expect((await call('status f.toml', { status: ok(report(health)) })).code).toBe(2);
    expect(
      (await call('status f.toml', { status: ok(report('replicating', [problem('error')])) })).code,
    ).toBe(2);
    expect((await call('status f.toml', { status: fail(fault) })).code).toBe(1);
  });

  it('says health in words with cause and fix', async () => {
    const { out } = await call('status f.toml', { status: ok(report('needs-refresh')) });
    expect(out).toMatch(/! idm-b ← idm-a {2}needs a refresh {2}the cause\n {4}the fix/);
    expect(out).toMatch(/idm-a {3}running {2}1\.10\.5 {3}example\.com \(8bd2165e\) {2}2030-01-01/);
  });

  it('says on a terminal that it waits, and how long at most', async () => {
    expect((await call('status f.toml', { terminal: true })).err).toBe('Waiting for a round, up to 20 s.');
    expect((await call('status f.toml')).err).toBe('');
  });

  it('claims nothing of the replication of a server whose file could not be read', async () => {
    const [server] = report('unknown').servers;
    const seen = (fileRead: boolean) =>
      ok({
        ...report('unknown'),
        servers: server ? [{ ...server, fileRead, replication: false, certificate: null }] : [],
      });
    expect((await call('status f.toml', { status: seen(false) })).out).not.toContain('no [replication]');
    expect((await call('status f.toml', { status: seen(false) })).out).toMatch(/8bd2165e\) {2}unknown/);
    expect((await call('status f.toml', { status: seen(true) })).out).toContain('no [replication]');
  });

  it('says how to deploy', async () => {
    const pull = {
      consumer: 'idm-b',
      supplier: 'idm-a',
      cause: 'c',
      health: 'unknown',
      lastSuccess: null,
    } as const;
    const of = (fix: string) =>
      ok({ servers: [], pulls: [{ ...pull, fix }], problems: [{ ...problem('info'), fix }] });
    for (const [fix, told] of [
      ['Deploy it.', 'Deploy it: kanilink apply FLEET.'],
      ['Deploy.', 'Deploy: kanilink apply FLEET.'],
      ['Deploy: it pins the new one.', 'Deploy (kanilink apply FLEET): it pins the new one.'],
      ['Deploy, or draw the link as it is.', 'Deploy (kanilink apply FLEET), or draw the link as it is.'],
      ['Deploy the links to it.', 'Deploy (kanilink apply FLEET) the links to it.'],
      ['Deploys are slow.', 'Deploys are slow.'],
    ] as const) {
      expect((await call('status f.toml', { status: of(fix) })).out.split(told)).toHaveLength(3);
      expect(json((await call('status f.toml --json', { status: of(fix) })).out)).toMatchObject({
        pulls: [{ fix: told }],
        problems: [{ fix: told }],
      });
    }
  });

  it('prints the report as JSON', async () => {
    expect(json((await call('status f.toml --json')).out)).toEqual(report('replicating'));
  });
});

describe('plan', () => {
  it.each([
    ['nothing to do', view([]), 0],
    ['changes', erasing, 2],
    ['a blocked plan', view([step('1')], { blocked: true, problems: [problem('error')] }), 1],
    ['a server that could not be judged', view([], { problems: [problem('error')] }), 1],
    ['changes beside such a server', view([step('1')], { problems: [problem('error')] }), 2],
  ])('tells %s by its exit code', async (_what, plan, code) => {
    expect((await call('plan f.toml', { plan: ok(plan) })).code).toBe(code);
  });

  it('never calls a plan done that could not be judged', async () => {
    const { out } = await call('plan f.toml', { plan: ok(view([], { problems: [problem('error')] })) });
    expect(out).not.toContain('Nothing to do');
  });

  it('prints the shape of the contract and no more', async () => {
    const { out } = await call('plan f.toml --json', { plan: ok(view([step('1', ['idm-b'])])) });
    expect(json(out)).toEqual({
      changes: true,
      steps: [
        {
          id: '1',
          server: 'idm-b',
          action: 'refresh',
          summary: 'Step 1',
          diff: '--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n',
          risk: 'data is lost',
          erases: ['idm-b'],
        },
      ],
      problems: [],
    });
    expect(json((await call('plan f.toml --json', { plan: fail(fault) })).out)).toMatchObject({
      changes: false,
      steps: [],
      problems: [{ code: 'broke', message: 'It broke.\nevidence' }],
    });
  });
});

describe('an interrupted deploy', () => {
  it.each(['status', 'check', 'plan'])('stands first, whatever else is found: %s', async (name) => {
    const scene = {
      history: interrupted,
      status: ok(report('broken', [problem('error')])),
      plan: ok(view([step('1')], { problems: [problem('error')] })),
    };
    const text = await call(`${name} f.toml`, scene);
    expect(text.out.split('\n')[0]).toMatch(/^warning .*20261126-055500-ab12.* was interrupted/);
    expect(text.out).toMatch(/kanilink resume FLEET.*kanilink rollback FLEET/);
    expect(json((await call(`${name} f.toml --json`, scene)).out)).toMatchObject({
      problems: [{ code: 'deploy-interrupted', severity: 'warning' }, { severity: 'error' }],
    });
  });

  it.each(['apply f.toml --yes', 'renew f.toml --server idm-a --yes'])(
    'refuses a new one before anything is planned: %s',
    async (line) => {
      const called = await call(line, { history: interrupted, plan: fail(fault) });
      expect(called).toMatchObject({ code: 1, asked: { deploys: [] } });
      expect(called.out).toMatch(/^Refused: nothing was changed\.\nerror .*interrupted/);
    },
  );
});

describe('what is erased', () => {
  it.each(['plan f.toml', 'apply f.toml', 'resume f.toml', 'rollback f.toml'])(
    'stands first, a line a server: %s',
    async (line) => {
      const { out } = await call(line, {
        plan: ok(view([step('1'), step('2', ['idm-b']), step('3', ['idm-b', 'idm-a'])])),
      });
      expect(out.split('\n').slice(0, 3)).toEqual([
        'Erases the whole database of idm-b; nothing is merged. Name it with --erase idm-b.',
        'Erases the whole database of idm-a; nothing is merged. Name it with --erase idm-a.',
        '',
      ]);
    },
  );
});

describe('apply', () => {
  const plan = ok(erasing);

  it('runs the very plan that was shown, erasing only who was named', async () => {
    const called = await call('apply f.toml --yes --erase idm-b', { plan });
    expect(called.code).toBe(0);
    expect(called.asked.deploys).toEqual([
      { fingerprint: 'f1', erase: ['idm-b'], job: { kind: 'apply' }, takeOver: false },
    ]);
    expect(called.err).toContain('[1/2] ✓ Step 1');
    expect(called.err).toContain('/j/d1');
  });

  it('refuses an erase that was not named, and gives the option that allows it', async () => {
    const called = await call('apply f.toml --yes --json', { plan });
    expect(called).toMatchObject({ code: 1, asked: { deploys: [], saved: [] } });
    expect(json(called.out)).toMatchObject({
      result: 'refused',
      steps: [{ state: 'pending' }, { state: 'pending' }],
      problems: [{ code: 'erase-not-named', server: 'idm-b', fix: expect.stringContaining('--erase idm-b') }],
    });
    const other = await call('apply f.toml --yes --erase idm-a', { plan });
    expect(other).toMatchObject({ code: 1, asked: { deploys: [] } });
  });

  it('refuses to erase a server the fleet does not have', async () => {
    const called = await call('apply f.toml --yes --erase idm-z', { plan });
    expect(called).toMatchObject({ code: 64, asked: { deploys: [] } });
    expect(called.err).toContain('no server idm-z');
  });

  it('takes several ids, repeated or with commas', async () => {
    for (const line of ['--erase idm-a --erase idm-b', '--erase idm-a,idm-b', '--erase=idm-a,idm-b'])
      expect((await call(`apply f.toml --yes ${line}`, { plan })).asked.deploys).toMatchObject([
        { erase: ['idm-a', 'idm-b'] },
      ]);
  });

  it('without --yes and without a terminal tells what to pass', async () => {
    const called = await call('apply f.toml', { plan });
    expect(called).toMatchObject({ code: 64, asked: { deploys: [] } });
    expect(called.err).toContain('--yes --erase idm-b');
  });

  it('asks on the terminal for yes and for the name of whom it erases', async () => {
    const agreed = await call('apply f.toml', { plan, answers: ['yes', 'idm-b'] });
    expect(agreed).toMatchObject({ code: 0, asked: { deploys: [{ erase: ['idm-b'] }] } });
    for (const answers of [['no'], ['y'], [''], ['yes', 'idm-a'], ['yes', 'yes'], ['yes']])
      expect(await call('apply f.toml', { plan, answers })).toMatchObject({
        code: 1,
        asked: { deploys: [] },
      });
  });

  it('never starts a blocked plan', async () => {
    const blocked = ok(view([step('1')], { blocked: true, problems: [problem('error')] }));
    const called = await call('apply f.toml --yes --json', { plan: blocked });
    expect(called).toMatchObject({ code: 1, asked: { deploys: [] } });
    expect(json(called.out)).toMatchObject({ result: 'refused', problems: [{ code: 'some-rule' }] });
  });

  it.each([
    ['done', 0],
    ['unchanged', 0],
    ['refused', 1],
    ['failed', 1],
    ['rolled-back', 1],
    ['cancelled', 1],
  ] as const)('passes on that it ended %s', async (outcome, code) => {
    const events: DeployEvent[] = [
      { kind: 'step', step: '1', state: 'done', at: 1, note: '' },
      { kind: 'step', step: '2', state: 'failed', at: 2, note: 'no' },
      { kind: 'finished', outcome, problems: [problem('error')], at: 3 },
    ];
    const called = await call('apply f.toml --yes --erase idm-b --json', { plan, events });
    expect(called.code).toBe(code);
    expect(json(called.out)).toMatchObject({
      result: outcome,
      steps: [
        { id: '1', state: 'done' },
        { id: '2', state: 'failed' },
      ],
      problems: [{ code: 'some-rule' }],
    });
  });

  it.each([
    ['a blocked plan', view([step('1')], { blocked: true, problems: [problem('error')] }), '--yes'],
    ['a plan of which nothing can be done', view([], { problems: [problem('error')] }), ''],
    ['an erase nobody named', erasing, '--yes'],
  ])('refuses first and once, without the plan: %s', async (_what, refused, flags) => {
    const called = await call(`apply f.toml ${flags}`, { plan: ok(refused) });
    expect(called).toMatchObject({ code: 1, asked: { deploys: [] } });
    expect(called.out.split('\n')[0]).toBe('Refused: nothing was changed.');
    expect(called.out.match(/^error/gm)).toHaveLength(1);
    expect(called.out).not.toContain('Because.');
  });

  it('claims only what the steps that ran have proved', async () => {
    const verify = { ...step('2'), action: 'verify' as const };
    const two = ok(view([{ ...step('1'), action: 'put-back' as const }, verify]));
    const ran = (state: 'done' | 'skipped'): DeployEvent[] => [
      { kind: 'step', step: '1', state: 'done', at: 1, note: '' },
      { kind: 'step', step: '2', state, at: 2, note: '' },
      { kind: 'finished', outcome: 'done', problems: [], at: 3 },
    ];
    const watched = await call('rollback f.toml --yes', { plan: two, events: ran('done') });
    expect(watched.out).toContain('What idm-b pulls has been seen to work');
    const unwatched = await call('rollback f.toml --yes', { plan: two, events: ran('skipped') });
    expect(unwatched.out).not.toContain('seen to work');
    expect(unwatched.out).toContain('no pull was watched');
  });

  it('never says that nothing was changed once something was', async () => {
    const plans = [
      ok(view([step('1')])),
      ok(view([step('1')], { blocked: true, problems: [problem('error')] })),
    ];
    const called = await call('resume f.toml --yes', { plans });
    expect(called).toMatchObject({ code: 1, asked: { deploys: [{}] } });
    expect(called.out).not.toContain('nothing was changed');
  });

  it('names the deploy and its journal for machines', async () => {
    expect(json((await call('apply f.toml --yes --erase idm-b --json', { plan })).out)).toMatchObject({
      deploy: 'd1',
      journal: '/j/d1',
    });
    expect(json((await call('apply f.toml --yes --json', { plan })).out)).toMatchObject({
      deploy: null,
      journal: null,
    });
  });

  it('says once that there is nothing to do', async () => {
    const events: DeployEvent[] = [{ kind: 'finished', outcome: 'unchanged', problems: [], at: 1 }];
    const called = await call('apply f.toml', { events });
    expect(called.code).toBe(0);
    expect(called.out.match(/Nothing to do/g)).toHaveLength(1);
  });

  it('writes the domain into the fleet file after the first deploy, and never over one', async () => {
    const first = await call('apply f.toml --yes --erase idm-b', { plan });
    expect(first.asked.saved).toHaveLength(1);
    expect(first.asked.saved[0]).toContain(`domain_uuid = "${UUID}"`);
    const known = FLEET.replace('name =', `domain_uuid = "${UUID.replace('1', '2')}"\nname =`);
    expect((await call('apply f.toml --yes --erase idm-b', { plan, fleet: known })).asked.saved).toEqual([]);
  });
});

describe('logs', () => {
  const line = (server: string, more: Partial<LogLineView> = {}): LogLineView => ({
    at: Date.parse('2026-11-23T10:20:30.456Z') * 1000,
    server,
    level: 'good',
    meaning: '',
    raw: 'raw \u001B[31mline\u001B[0m\u0007',
    pull: null,
    ...more,
  });

  it('prints aligned lines without what would move the cursor', async () => {
    const { code, out } = await call('logs f.toml', {
      logs: [ok(line('idm-a', { meaning: 'a round worked' }))],
    });
    expect(code).toBe(0);
    expect(out).toBe('10:20:30.456 idm-a a round worked | raw line\uFFFD');
  });

  it('exits 1 when a server’s log cannot be read, after all others', async () => {
    const called = await call('logs f.toml --json', { logs: [fail(fault), ok(line('idm-b'))] });
    expect(called.code).toBe(1);
    expect(json(called.out)).toMatchObject({ lines: [{ server: 'idm-b' }], problems: [{ code: 'broke' }] });
  });

  it('shows a line once that means no more than it says, and of trouble the line itself', async () => {
    const once = (more: Partial<LogLineView>) =>
      call('logs f.toml --only all', { logs: [ok(line('idm-a', { raw: 'x INFO [info]: Hello', ...more }))] });
    expect((await once({ level: 'info', meaning: 'Hello' })).out).toBe('10:20:30.456 idm-a Hello');
    expect((await once({ level: 'bad', meaning: 'Hello' })).out).toBe(
      '10:20:30.456 idm-a x INFO [info]: Hello',
    );
    expect((await once({ level: 'bad', meaning: 'Cause' })).out).toMatch(/Cause \| x INFO/);
  });

  it('cuts lines to the terminal’s width', async () => {
    for (const columns of [20, 40, 60]) {
      const long = ok(line('idm-a', { meaning: 'm'.repeat(30), raw: 'r'.repeat(99) }));
      const { out } = await call('logs f.toml', { logs: [long], columns });
      expect([...out].length).toBeLessThanOrEqual(columns);
    }
  });

  it.each([
    ['', ['trouble', 'pull']],
    ['--only replication', ['trouble', 'pull']],
    ['--only warnings', ['trouble']],
    ['--only all', ['trouble', 'pull', 'admin']],
  ])('shows what it is asked for: %s', async (flags, shown) => {
    const lines = [
      line('idm-a', { level: 'warn', meaning: 'trouble', raw: '' }),
      line('idm-a', { level: 'info', meaning: 'pull', raw: '', pull: { consumer: 'a', supplier: 'b' } }),
      line('idm-a', { level: 'info', meaning: 'admin', raw: '' }),
    ].map((it) => ok(it));
    const { out } = await call(`logs f.toml ${flags}`, { logs: lines });
    expect(out.split('\n').map((text) => text.split(' ').at(-1))).toEqual(shown);
    expect(json((await call(`logs f.toml --json ${flags}`, { logs: lines })).out)).toMatchObject({
      lines: flags === '' ? [{}, {}, {}] : shown.map((meaning) => ({ meaning })),
    });
  });

  it('knows its servers', async () => {
    expect(await call('logs f.toml --server idm-x')).toMatchObject({ code: 64 });
    expect(await call('logs f.toml --server idm-b')).toMatchObject({ code: 0 });
  });
});

describe('history', () => {
  const write = { server: 'idm-b', step: '1', when: 'before' as const, file: 'step-1.idm-b.before.toml' };
  const done: HistoryDeploy = {
    ...past,
    deploy: 'd-done',
    state: 'finished',
    outcome: 'done',
    files: [write],
  };
  const undone = { ...done, deploy: 'd-undone', settledBy: 'd-back' };
  const back = { ...done, deploy: 'd-back', purpose: 'rollback' as const, of: 'd-undone' };
  const renewal = {
    ...done,
    deploy: 'd-renewal',
    steps: done.steps.map((it) => ({ ...it, action: 'renew-certificate', state: 'done' as const })),
  };
  const history = { deploys: [past, done, back, undone, renewal], interrupted: past.deploy, unreadable: [] };

  it('says of every deploy what can be done', async () => {
    expect(json((await call('history f.toml --json', { history })).out)).toMatchObject({
      interrupted: past.deploy,
      deploys: [
        { deploy: past.deploy, journal: past.folder, possible: ['resume', 'rollback'] },
        { deploy: 'd-done', possible: ['rollback'] },
        { deploy: 'd-back', possible: [] },
        { deploy: 'd-undone', possible: [] },
        { deploy: 'd-renewal', possible: [] },
      ],
      problems: [{ code: 'deploy-interrupted' }],
    });
    const { code, out } = await call('history f.toml', { history });
    expect(code).toBe(0);
    expect(out).toContain('Put its files back: kanilink rollback FLEET --deploy d-done');
    expect(out.match(/rollback FLEET --deploy/g)).toHaveLength(1);
    expect(out).toContain('2026-11-26 05:55:00 UTC, mia on laptop');
    expect(out).toContain('? begun: Add idm-a on idm-b');
  });

  it('names journals that nobody can read, for they may be of this fleet', async () => {
    const { out } = await call('history f.toml', {
      history: { ...history, deploys: [], unreadable: ['d-torn'] },
    });
    expect(out).toMatch(/d-torn cannot be read/);
  });

  it('is what a rollback of a deploy that ended well is judged by', async () => {
    const plan = ok(view([{ ...step('1'), action: 'put-back' as const }]));
    const warned = await call('rollback f.toml --deploy d-done --yes', { history, plan });
    expect(warned.out).toMatch(/^warning .*what replicates by these links stops/);
    const quiet = await call('rollback f.toml --yes', { history, plan });
    expect(quiet.out).not.toContain('stops');
  });
});

describe('practice', () => {
  it('prints the fleet file’s path alone on standard output, until Ctrl-C', async () => {
    expect(await call('practice --servers 3')).toMatchObject({
      code: 0,
      out: '/practice/3/fleet.toml',
      asked: { closed: 1 },
    });
    expect(json((await call('practice --json')).out)).toEqual({ fleet: '/practice/2/fleet.toml' });
  });
});
