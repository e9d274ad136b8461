import { describe, expect, it } from 'vitest';
import type { AnswersReport } from '../../shared/answers/answers';
import type { Comparison } from '../../shared/compare/comparison';
import { DEFAULT_BOUND, type FleetHistory } from '../../shared/history/history';
import type { LogLineView } from '../../shared/ipc';
import { type DomainUuid, type ServerId, stepId, trusted } from '../../shared/base/names';
import type { Plan } from '../../shared/plan/model/plan';
import type { Step, StepKind } from '../../shared/plan/steps/step';
import { fleetOfTest } from '../../test/support/fleet-fixtures';
import { usesOf } from '../../shared/fleet/model/trust';
import { planOfTest, stepOfTest } from '../../test/support/steps-of-test';
import type { StatusReport } from '../../shared/observed/status';
import type { DeployEvent } from '../../shared/plan/model/deploy';
import type { DeployHistory, HistoryDeploy, UnreadDeploy } from '../../shared/plan/model/history';
import type { Problem } from '../../shared/base/problem';
import { fail, type Fault, ok, type Result } from '../../shared/base/result';
import type { GuardedEngine } from '../engine/trust/guard-engine';
import { withoutDriver } from '../engine/history/driver';
import { run } from './run';
import { plain } from './text/paint';
import { askTrust } from './base/trust';
import type { World } from './base/world';

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
const fault: Fault = { code: 'broke', message: 'It broke.', fix: 'Fix it.', detail: 'evidence', where: {} };

const step = (id: string, erases: string[] = [], action?: StepKind): Step =>
  stepOfTest(action ?? (erases.length > 0 ? 'refresh' : 'configure'), {
    ...{ id, server: 'idm-b', summary: `Step ${id}`, why: 'Because.' },
    risk: erases.length > 0 ? 'data is lost' : '',
    diff: '--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n',
    erases,
  });
const view = (steps: Plan['steps'], more: Partial<Plan> = {}): Plan => planOfTest(steps, more);
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
      runsWith: null,
      certificate: { fingerprint: 'SHA256:x', notBefore: '2026-01-01', notAfter: '2030-01-01', names: ['a'] },
    },
  ],
  pulls: [
    { consumer: 'idm-b', supplier: 'idm-a', health, cause: 'the cause', fix: 'the fix', lastSuccess: null },
  ],
  undrawn: [],
  problems,
});

const doneEvents: DeployEvent[] = [
  { kind: 'started', deploy: 'd1', journal: '/j/d1', at: 1, expected: [] },
  { kind: 'step', step: stepId(1), state: 'running', at: 2, note: '' },
  { kind: 'output', step: stepId(1), text: 'testing', at: 3 },
  { kind: 'step', step: stepId(1), state: 'done', at: 4, note: '' },
  { kind: 'finished', outcome: 'done', problems: [], at: 5 },
];

const unreadOf = (deploy: string, over: boolean): UnreadDeploy => ({
  ...{
    deploy,
    folder: `/j/${deploy}`,
    format: 9,
    at: '2026-11-26T05:55:00.000Z',
    who: 'mia',
    host: 'laptop',
  },
  ...{ outcome: over ? 'done' : null, over },
});

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
  possible: ['resume', 'rollback'],
  steps: [
    {
      id: stepId(1),
      server: trusted<ServerId>('idm-b'),
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

const NOTHING_KEPT: Omit<FleetHistory, 'from' | 'to' | 'trouble'> = {
  ...{ step: 1, pulls: [], servers: [], events: [], bound: DEFAULT_BOUND, bytes: 0, oldest: null },
};

/** What the engine answers, and what was asked of it. */
interface Scene {
  readonly fleet?: string;
  /** The fleet file is trusted already. */
  readonly trusted?: boolean;
  /** The person trusts it when asked. */
  readonly trusts?: boolean;
  /** Why that is not remembered. */
  readonly notKept?: Fault;
  readonly status?: Result<StatusReport>;
  /** Servers that do not answer. */
  readonly silent?: readonly ServerId[];
  readonly plan?: Result<Plan>;
  /** One after the other, where it is planned several times. */
  readonly plans?: readonly Result<Plan>[];
  readonly events?: readonly DeployEvent[];
  readonly logs?: readonly Result<LogLineView>[];
  readonly comparisons?: readonly Comparison[];
  readonly answers?: readonly string[];
  readonly answering?: Result<AnswersReport>;
  readonly history?: DeployHistory;
  /** What stands in the way of keeping what is watched. */
  readonly forgets?: Fault;
  /** The journals cannot be read. */
  readonly noJournals?: boolean;
  readonly notRunning?: Result<readonly string[]>;
  readonly terminal?: boolean;
  readonly columns?: number;
}

async function call(line: string, scene: Scene = {}) {
  const plans = [...(scene.plans ?? [])];
  const asked = {
    waited: null as boolean | null,
    deploys: [] as unknown[],
    saved: [] as string[],
    notRunning: 0,
    trust: 0,
    closed: 0,
  };
  const engine: GuardedEngine = {
    loadFleet: (path) =>
      Promise.resolve(
        path === 'none.toml'
          ? fail({ ...fault, code: 'fleet-unreadable' })
          : ok({ path, text: scene.fleet ?? FLEET, trusted: scene.trusted ?? true }),
      ),
    mayAct: () => Promise.resolve(ok(null)),
    trustFleet: () => {
      asked.trust += 1;
      return Promise.resolve(ok({ trusted: scene.trusts ?? false, notKept: scene.notKept ?? null }));
    },
    judgeFleet: () => Promise.reject(new Error('not asked for')),
    watchFile: async function* () {},
    pastDeploys: () =>
      Promise.resolve(
        scene.noJournals
          ? fail(fault)
          : ok(scene.history ?? { deploys: [], interrupted: null, unreadable: [] }),
      ),
    history: (_, { from, to }) =>
      Promise.resolve(ok({ ...NOTHING_KEPT, from, to, trouble: scene.forgets ?? null })),
    boundHistory: () => Promise.reject(new Error('not asked for')),
    glances: () => Promise.reject(new Error('not asked for')),
    notRunning: () => {
      asked.notRunning += 1;
      return Promise.resolve(scene.notRunning ?? ok([]));
    },
    certificates: () => Promise.reject(new Error('not asked for')),
    helper: () => Promise.reject(new Error('not asked for')),
    runbook: () => Promise.reject(new Error('not asked for')),
    answers: () => Promise.resolve(scene.answering ?? fail(fault)),
    compare: () => Promise.resolve(ok(scene.comparisons ?? [])),
    olderLogs: () => Promise.resolve(fail(fault)),
    lastComparisons: () => Promise.reject(new Error('not asked for')),
    databaseSize: () => Promise.reject(new Error('not asked for')),
    databaseSummary: () => Promise.reject(new Error('not asked for')),
    saveFleet: ({ path, text }) => {
      asked.saved.push(text);
      return Promise.resolve(ok({ path }));
    },
    adopt: () => Promise.reject(new Error('not asked for')),
    diagnose: (fleet, asked) => Promise.resolve(ok(JSON.stringify({ fleet, asked }))),
    lookAnew: () => undefined,
    wake: () => undefined,
    testServer: () => Promise.reject(new Error('not asked for')),
    status: (_fleet, { wait, waiting, silent }) => {
      asked.waited = wait;
      if (scene.silent) silent?.(scene.silent);
      if (wait) waiting?.(20_000);
      return Promise.resolve(scene.status ?? ok(report('replicating')));
    },
    plan: () => Promise.resolve(plans.shift() ?? scene.plan ?? ok(view([]))),
    deploy: async function* (_fleet, consent) {
      asked.deploys.push(consent);
      for (const event of scene.events ?? doneEvents) yield await Promise.resolve(event);
    },
    logs: async function* () {
      for (const item of scene.logs ?? []) yield await Promise.resolve([item]);
    },
    watchDeploys: async function* () {},
    watch: async function* () {},
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
    env: {},
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
    ['--json check a.toml', 64, /the command comes first, before --json/],
    ['renew a.toml --yes', 64, /needs --server: whose certificate/],
    ['refresh a.toml --yes', 64, /needs --erase: every server/],
    ['refresh a.toml --erase ,', 64, /needs --erase/],
    ['helper a.toml', 64, /needs --server: whose helper/],
    ['helper a.toml --server=', 64, /needs --server/],
    ['helper a.toml --server idm-z', 64, /no server idm-z; it has idm-a, idm-b/],
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
      format: 1,
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

describe('a fleet file that is not trusted', () => {
  const dialling = [
    'check',
    'status',
    'plan',
    'apply',
    'resume',
    'rollback',
    'logs',
    'compare',
    'certificates',
  ];

  it.each([...dialling, 'renew --server idm-a', 'refresh --erase idm-b'])(
    'is refused by %s, with what to do',
    async (words) => {
      const [name = '', ...more] = words.split(' ');
      for (const flag of ['', '--json']) {
        const called = await call([name, 'theirs.toml', ...more, flag].join(' '), { trusted: false });
        expect(called).toMatchObject({ code: 1, asked: { trust: 1, deploys: [], waited: null } });
        expect(called.out).toContain('not trusted yet');
        expect(called.out).toContain('kanilink trust theirs.toml, or add --trust');
        if (flag) expect(json(called.out)).toMatchObject({ problems: [{ code: 'fleet-untrusted' }] });
      }
    },
  );

  it('is acted on once the person agrees', async () => {
    const called = await call('status theirs.toml', { trusted: false, trusts: true });
    expect(called).toMatchObject({ code: 0, asked: { trust: 1, waited: true } });
  });

  it('may be asked for its history: that reads this computer only', async () => {
    expect(await call('history theirs.toml', { trusted: false })).toMatchObject({
      code: 0,
      asked: { trust: 0 },
    });
  });

  it('is trusted by name: kanilink trust', async () => {
    const yes = await call('trust theirs.toml', { trusted: false, trusts: true });
    expect(yes).toMatchObject({ code: 0, out: 'theirs.toml is trusted.', asked: { trust: 1 } });
    expect(await call('trust theirs.toml', { trusted: false })).toMatchObject({ code: 1 });
    const machine = await call('trust theirs.toml --yes --json', { trusted: false, trusts: true });
    expect(json(machine.out)).toEqual({ format: 1, trusted: true, problems: [] });
  });

  it('is not said to be trusted where that is not remembered; a command that needs it once goes on', async () => {
    const scene = { trusted: false, trusts: true, notKept: fault };
    const asked = await call('trust theirs.toml', scene);
    expect(asked.code).toBe(1);
    expect(asked.out).toContain(fault.message);
    expect(asked.out).not.toContain('is trusted');
    const machine = await call('trust theirs.toml --yes --json', scene);
    expect(machine.code).toBe(1);
    expect(json(machine.out)).toMatchObject({ trusted: false, problems: [{ code: fault.code }] });
    const status = await call('status theirs.toml --trust --json', scene);
    expect(status.code).toBe(0);
    expect(status.err).toContain(fault.message);
    expect(json(status.out)).toMatchObject({ problems: [] });
  });
});

describe('asking for trust on the terminal', () => {
  const servers = usesOf(fleetOfTest(['idm-a'], []), (path) => path);
  const question = { path: '/f.toml', changed: false, unsaved: false, servers, contents: [] };
  const { signal } = new AbortController();

  it.each([
    ['yes', true],
    ['y', false],
    ['', false],
    [null, false],
  ])('takes %j for %s', async (answer, trusted) => {
    const asked: string[] = [];
    const ask = askTrust({
      agreed: false,
      say: fail,
      askLine: (line) => {
        asked.push(line);
        return Promise.resolve(answer);
      },
    });
    expect(await ask(question, signal)).toBe(trusted);
    expect(asked[0]).toContain('idm-a: SSH admin@idm-a.example.com');
  });

  it('is asked of the program in KANILINK_ASK where there is one', async () => {
    for (const [answer, trusted] of [
      ['yes', true],
      ['no', false],
      [null, false],
    ] as const) {
      const asked: string[] = [];
      const askProgram = (subject: string): Promise<string | null> => {
        asked.push(subject);
        return Promise.resolve(answer);
      };
      const ask = askTrust({ agreed: false, say: fail, askProgram, askLine: fail });
      expect(await ask(question, signal)).toBe(trusted);
      expect(asked).toEqual([question.path]);
    }
  });

  it('says what is trusted when it was agreed to beforehand, and asks nobody', async () => {
    const said: string[] = [];
    const ask = askTrust({ agreed: true, say: (text) => said.push(text), askLine: fail });
    expect(await ask(question, signal)).toBe(true);
    expect(said.join()).toContain('idm-a: SSH admin@idm-a.example.com');
  });

  function fail(): never {
    throw new Error('not here');
  }
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
    expect(json(out)).toEqual({ format: 1, problems: [problem('error')] });
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
    const silent = { silent: [trusted<ServerId>('idm-a'), trusted<ServerId>('idm-b')] };
    expect((await call('status f.toml', { ...silent, terminal: true })).err).toContain(
      'Waiting for an answer of idm-a, idm-b.',
    );
    expect((await call('status f.toml --json', silent)).err).toBe('');
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
      ok({ servers: [], pulls: [{ ...pull, fix }], undrawn: [], problems: [{ ...problem('info'), fix }] });
    for (const [fix, told] of [
      ['Deploy it.', 'Run: kanilink apply FLEET'],
      ['Deploy.', 'Run: kanilink apply FLEET'],
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

  it('tells of pulls that run and are not in the fleet file, and says no more than was read', async () => {
    const [pull] = report('replicating').pulls;
    const [server] = report('replicating').servers;
    const of = (more: Partial<StatusReport>) =>
      call('status f.toml', { status: ok({ ...report('waiting'), ...more }) });
    const undrawn = await of({ pulls: [], undrawn: pull ? [pull] : [] });
    expect(undrawn.out).toContain('No pulls in the fleet file.');
    expect(undrawn.out).toMatch(/Running, and not in the fleet file:\n✓ idm-b ← idm-a/);
    expect((await of({ pulls: [] })).out).toContain('No pulls: no servers are linked.');
    const unread = await of({ pulls: [], servers: server ? [{ ...server, fileRead: false }] : [] });
    expect(unread.out).toContain('Whether any run is not known: idm-a could not be read.');
  });

  it('prints the report as JSON', async () => {
    expect(json((await call('status f.toml --json')).out)).toEqual({
      format: 1,
      ...report('replicating'),
    });
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

  it('prints the plan itself, in the shape of the contract', async () => {
    const plan = view([step('1', ['idm-b'])]);
    const { out } = await call('plan f.toml --json', { plan: ok(plan) });
    expect(json(out)).toEqual({ format: 1, changes: true, ...plan });
    expect(json(out)).toMatchObject({
      fingerprint: plan.fingerprint,
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
      problems: [{ code: 'broke', message: 'It broke.', evidence: 'evidence' }],
    });
  });
});

describe('answers', () => {
  const asked = (servers: readonly string[], from: readonly (string | null)[]): Result<AnswersReport> =>
    ok({
      ...{ origin: 'https://idm.example.com', at: '2026-11-29T08:00:00Z', addresses: [], certificates: [] },
      unasked: 0,
      requests: from.map((server) => ({
        ...{ address: '192.0.2.7:443', code: server === null ? null : 404, opId: null, redirect: null },
        certificate: 'SHA256:x',
        by: server === null ? { kind: 'none', fault, servers: [] } : { kind: 'server', server },
      })),
      servers: servers.map((server) => {
        const answered = from.filter((it) => it === server).length;
        return { server, answered, log: 'shows', code: 404, why: '' };
      }),
    });

  it.each([
    ['every server answers', asked(['a', 'b'], ['a', 'b']), 0, '1 of 2'],
    ['one is not seen to', asked(['a', 'b'], ['a', 'a']), 2, 'b answered 0 of 2 requests from this computer'],
    ['a request has no answer', asked(['a'], ['a', null]), 2, '1 request had no answer'],
    ['no request has one', asked(['a'], [null]), 1, 'No server of this fleet was found to answer'],
    ['it could not be asked', fail(fault), 1, fault.message],
  ] as const)('says so when %s', async (_, answering, code, text) => {
    const { out, ...ended } = await call('answers fleet.toml', { answering });
    expect(ended.code).toBe(code);
    expect(out).toContain(text);
    const document = await call('answers fleet.toml --json', { answering });
    expect(document.code).toBe(code);
    expect(json(document.out)).toMatchObject({
      ...{ format: 1, answers: answering.ok ? { origin: 'https://idm.example.com' } : null },
      problems: answering.ok ? [] : [{ code: fault.code }],
    });
  });

  it('says all of a finding whose words have line ends, and each fix below its own', async () => {
    const none = asked(['a'], ['a', null]);
    if (!none.ok) throw new Error('it is');
    const broken = { ...fault, message: 'It broke off: one\ntwo\n', fix: 'Look at the origin.' };
    const requests = none.value.requests.map((it) =>
      it.by.kind === 'none' ? { ...it, by: { ...it.by, fault: broken } } : it,
    );
    const code = (it: (typeof requests)[number]) => ({ ...it, code: it.code === null ? null : 500 });
    const { out } = await call('answers fleet.toml', {
      answering: ok({ ...none.value, requests: requests.map(code) }),
    });
    expect(out).toMatch(/It broke off: one two\n {4}Look at the origin\.\n! 1 answer of a has status 500/);
    expect(out).toMatch(/500, where 404 is expected\.\n {4}Read the server’s log\./);
  });

  it.each(['--requests 0', '--requests 101', '--requests x', '--origin http://idm.example.com'])(
    'takes no %s',
    async (option) => {
      expect((await call(`answers fleet.toml ${option}`)).code).toBe(64);
    },
  );
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
});

describe('an installation that keeps no history', () => {
  const forgets = withoutDriver(new Error('none'));
  const cost = 'without one, such a server’s pulls may be green after a start.';

  it('is told of by status and history, in text and in JSON, with what is lost; it fails neither', async () => {
    for (const command of ['status', 'history']) {
      const told = await call(`${command} f.toml`, { forgets, status: ok(report('replicating')) });
      expect([told.code, told.out.includes(forgets.message)]).toEqual([0, true]);
      expect(told.out).toContain(cost);
      expect(told.out).toContain(forgets.fix);
      const json = await call(`${command} f.toml --json`, { forgets, status: ok(report('replicating')) });
      const problems = (JSON.parse(json.out) as { problems: Problem[] }).problems;
      expect(problems).toMatchObject([{ code: forgets.code, severity: 'warning' }]);
      const well = await call(`${command} f.toml`, { status: ok(report('replicating')) });
      expect(well.out).not.toContain(cost);
    }
  });

  it('is told of by watch on standard error, before anything happens', async () => {
    const told = await call('watch f.toml --json', { forgets });
    expect(told.out).toBe('');
    for (const words of [forgets.message, cost, forgets.fix]) expect(told.err).toContain(words);
    expect((await call('watch f.toml')).err).not.toContain(cost);
  });
});

describe('status of a fleet that replicates', () => {
  const well = { status: ok(report('replicating', [])) };
  const unread = { deploy: 'd1', format: 9, at: null, who: null, host: null, over: false } as UnreadDeploy;

  it.each<[string, number, Scene]>([
    ['nothing else', 0, {}],
    ['an interrupted deploy', 2, { history: interrupted }],
    [
      'a journal that cannot be read',
      2,
      { history: { deploys: [], interrupted: null, unreadable: [unread] } },
    ],
    ['journals that cannot be read', 2, { noJournals: true }],
  ])('with %s ends with %i', async (_, code, scene) => {
    expect((await call('status f.toml', { ...well, ...scene })).code).toBe(code);
  });

  it('says not “No problems” where journals cannot be read', async () => {
    const called = await call('check f.toml', { ...well, noJournals: true });
    expect(called.out).toContain(fault.message);
    expect(called.out).not.toContain('No problems');
  });
});

describe('a deploy of which it cannot be known here whether it was interrupted', () => {
  it('holds nothing back when a person says that it is over, which is passed on first', async () => {
    const called = await call('apply f.toml --yes --not-running');
    expect(called).toMatchObject({ code: 0, asked: { notRunning: 1 } });
    const running = fail({ ...fault, code: 'deploy-running' });
    const refused = await call('resume f.toml --yes --not-running', { notRunning: running });
    expect(refused).toMatchObject({ code: 1, asked: { deploys: [] } });
  });

  it('is not resumed while it runs: that is no success', async () => {
    const called = await call('resume f.toml --yes', { plan: fail({ ...fault, code: 'deploy-running' }) });
    expect(called.code).toBe(1);
    expect(called.out).toMatch(/^Refused/);
  });
});

describe('what is erased', () => {
  it.each(['plan f.toml', 'apply f.toml', 'resume f.toml', 'rollback f.toml'])(
    'stands first, a line a server: %s',
    async (line) => {
      const { out } = await call(line, {
        plan: ok(view([step('1'), step('2', ['idm-b']), step('3', ['idm-b', 'idm-a'])])),
      });
      expect(out.split('\n').slice(0, 3)).toEqual([
        'Erases the whole database of idm-b; nothing is merged. To allow it, add --erase idm-b.',
        'Erases the whole database of idm-a; nothing is merged. To allow it, add --erase idm-a.',
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
      { fingerprint: erasing.fingerprint, erase: ['idm-b'], job: { kind: 'apply' }, takeOver: false },
    ]);
    expect(called.err).toContain('[1/2] ✓ Step 1');
    expect(called.err).toContain('/j/d1');
  });

  it('carries out only the plan whose fingerprint is given', async () => {
    const reviewed = await call(`apply f.toml --plan ${erasing.fingerprint} --yes --erase idm-b`, { plan });
    expect(reviewed).toMatchObject({ code: 0, asked: { deploys: [{ fingerprint: erasing.fingerprint }] } });
    // It names a plan and allows nothing: who is erased is named as ever.
    const unnamed = await call(`apply f.toml --plan ${erasing.fingerprint} --yes`, { plan });
    expect(unnamed).toMatchObject({ code: 1, asked: { deploys: [] } });
    const another = 'f'.repeat(64);
    const changed = await call(`apply f.toml --plan ${another} --yes --erase idm-b --json`, { plan });
    expect(changed).toMatchObject({ code: 1, asked: { deploys: [] } });
    expect(json(changed.out)).toMatchObject({
      result: 'refused',
      problems: [{ code: 'plan-changed', message: expect.stringContaining(erasing.fingerprint) }],
    });
    for (const line of ['apply f.toml --plan abc', `resume f.toml --plan ${another}`])
      expect(await call(line, { plan })).toMatchObject({ code: 64, asked: { deploys: [] } });
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
      { kind: 'step', step: stepId(1), state: 'done', at: 1, note: '' },
      { kind: 'step', step: stepId(2), state: 'failed', at: 2, note: 'no' },
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
    const verify = step('2', [], 'verify');
    const two = ok(view([step('1', [], 'put-back'), verify]));
    const ran = (state: 'done' | 'skipped'): DeployEvent[] => [
      { kind: 'step', step: stepId(1), state: 'done', at: 1, note: '' },
      { kind: 'step', step: stepId(2), state, at: 2, note: '' },
      { kind: 'finished', outcome: 'done', problems: [], at: 3 },
    ];
    const watched = await call('rollback f.toml --yes', { plan: two, events: ran('done') });
    expect(watched.out).toContain('Replication verified: idm-b completed a fresh round.');
    const unwatched = await call('rollback f.toml --yes', { plan: two, events: ran('skipped') });
    expect(unwatched.out).not.toContain('verified');
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

  it('says that the engine wrote the domain into the fleet file', async () => {
    const file: DeployEvent = {
      ...{ kind: 'fleet-file', path: '/f.toml', text: '', domain: trusted<DomainUuid>(UUID), at: 4 },
    };
    const events = [...doneEvents.slice(0, -1), file, ...doneEvents.slice(-1)];
    const called = await call('apply f.toml --yes --erase idm-b', { plan, events });
    expect(called).toMatchObject({ code: 0, asked: { saved: [] } });
    expect(called.err).toContain('Wrote domain_uuid into /f.toml');
  });
});

describe('logs', () => {
  const line = (server: string, more: Partial<LogLineView> = {}): LogLineView => ({
    ...{ key: '', offset: 0, group: null, bootstrap: null },
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

  it('says once that a log cannot be read, until it was read', async () => {
    const where = { server: 'idm-a' };
    const one = fail({ ...fault, where });
    const other = fail({ ...fault, where, message: 'It broke otherwise.' });
    const logs = [one, other, one, other, ok(line('idm-a')), one, ok(line('idm-b')), one];
    const called = await call('logs f.toml --json', { logs });
    expect(json(called.out)).toMatchObject({
      problems: [{}, { message: 'It broke otherwise.', evidence: 'evidence' }, {}],
    });
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
  const write = {
    server: trusted<ServerId>('idm-b'),
    step: stepId(1),
    when: 'before' as const,
    file: 'step-1.idm-b.before.toml',
  };
  const done: HistoryDeploy = {
    ...past,
    deploy: 'd-done',
    state: 'finished',
    outcome: 'done',
    possible: ['rollback'],
    files: [write],
  };
  const undone: HistoryDeploy = { ...done, deploy: 'd-undone', settledBy: 'd-back', possible: [] };
  const history = { deploys: [past, done, undone], interrupted: past.deploy, unreadable: [] };

  it('says of every deploy what the engine lets one do', async () => {
    expect(json((await call('history f.toml --json', { history })).out)).toMatchObject({
      interrupted: past.deploy,
      deploys: [
        { deploy: past.deploy, journal: past.folder, possible: ['resume', 'rollback'] },
        { deploy: 'd-done', possible: ['rollback'] },
        { deploy: 'd-undone', possible: [] },
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
      history: { ...history, deploys: [], unreadable: [unreadOf('d-torn', false), unreadOf('d-old', true)] },
    });
    expect(out).toMatch(/d-torn cannot be read.*\n.*--not-running/);
    expect(out).toMatch(/d-old {2}cannot be read; ended: done\n.*2026-11-26 05:55:00 UTC, mia on laptop/);
  });
});

describe('practice', () => {
  it('prints the fleet file’s path alone on standard output, until Ctrl-C', async () => {
    expect(await call('practice --servers 3')).toMatchObject({
      code: 0,
      out: '/practice/3/fleet.toml',
      asked: { closed: 1 },
    });
    expect(json((await call('practice --json')).out)).toEqual({ format: 1, fleet: '/practice/2/fleet.toml' });
  });
});
