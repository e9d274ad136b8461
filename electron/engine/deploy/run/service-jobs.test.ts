import { afterEach, describe, expect, it } from 'vitest';
import { type Before, FakeDeploys } from '../../../../test/support/fake-deploys';
import { effectsOn, isEffect } from '../../../../test/support/fake-effects';
import { observedOfTest } from '../../../../test/support/fleet-fixtures';
import { readDeploys } from '../journal/read-journal';

/* Starting and restarting one server, as jobs of their own: plan, guards, a program that is killed in the middle. */

const PAIR: Readonly<Record<string, Before>> = {
  'idm-a': { domain: 'a', tables: ['idm-b mutual-pull'] },
  'idm-b': { domain: 'a', tables: ['idm-a mutual-pull'] },
};
const START = { kind: 'start', server: 'idm-b' } as const;
const RESTART = { kind: 'restart', server: 'idm-b' } as const;
const REPLICATES = ['idm-b ← idm-a: replicating', 'idm-a ← idm-b: replicating'];

let fleet: FakeDeploys | null = null;
afterEach(async () => {
  await fleet?.close();
  fleet = null;
});

/** A linked pair, of which idm-b runs or does not. */
async function pair(idmB: 'running' | 'stopped', before = PAIR): Promise<FakeDeploys> {
  const it = (fleet = await FakeDeploys.of(before, [['idm-a', 'idm-b']]));
  if (idmB === 'stopped') it.server('idm-b').stop();
  it.clock.advance(1_000);
  for (const server of it.servers) server.asked.length = 0;
  return it;
}

const outline = async (it: FakeDeploys, job: typeof START | typeof RESTART) =>
  (await it.plan(job)).steps.map(({ action, server }) => `${action} ${server}`);

function edit(it: FakeDeploys, change: (text: string) => string): void {
  const { files, configPath } = it.server('idm-b');
  files.put(configPath, change(files.text(configPath) ?? ''));
  // What was probed a moment before is not believed any more.
  it.clock.advance(10_000);
}

/** Another program is installed; what runs, or ran, is not it. */
function upgrade(it: FakeDeploys): void {
  Object.assign(it.server('idm-b'), { version: '1.11.1' });
  it.clock.advance(10_000);
}

/** The file is taken by kanidmd, and says something else than the process that runs. */
const harmless = (text: string): string => `${text}\n# changed by hand\n`;
const armed = (text: string): string =>
  text.replace('type = "mutual-pull"', 'type = "mutual-pull"\nautomatic_refresh = true');

describe('a start', () => {
  it('starts the one server, shows what it reads, and proves its pulls; no file is written', async () => {
    const it = await pair('stopped');
    const before = it.files();
    const plan = await it.plan(START);
    expect(plan.steps.map(({ action, server }) => `${action} ${server}`)).toEqual([
      'start idm-b',
      'verify idm-b',
      'verify idm-a',
    ]);
    expect(plan.steps[0]).toMatchObject({ erases: [], reads: expect.stringContaining('[replication]') });
    expect(JSON.stringify(plan.steps[0])).not.toContain(it.server('idm-a').certificate);
    const end = await it.deploy(START);
    expect(end, JSON.stringify(end.problems)).toMatchObject({ outcome: 'done' });
    expect(effectsOn(it.server('idm-b'))).toEqual(['start']);
    expect(effectsOn(it.server('idm-a'))).toEqual([]);
    expect(it.files()).toEqual(before);
    expect(await it.health()).toEqual(REPLICATES);
    expect(it.servers.map(({ lock }) => lock)).toEqual([null, null]);
    expect((await readDeploys(it.configDir)).deploys[0]).toMatchObject({
      header: { purpose: 'start' },
      outcome: 'done',
    });
  });

  it('of a server that runs is nothing to do', async () => {
    const it = await pair('running');
    expect(await it.deploy(START)).toMatchObject({ outcome: 'unchanged' });
    expect(effectsOn(it.server('idm-b'))).toEqual([]);
  });

  it('leaves alone what somebody else started meanwhile', async () => {
    const it = await pair('stopped');
    let begun = false;
    it.trouble = (server, asked) => {
      if (server === 'idm-b' && asked === 'state' && begun) it.server('idm-b').start();
      return null;
    };
    const end = await it.deploy(START, {}, (event) => {
      if (event.kind === 'step' && event.state === 'running') begun = true;
    });
    expect(end, JSON.stringify(end.problems)).toMatchObject({ outcome: 'done' });
    expect(effectsOn(it.server('idm-b'))).toEqual([]);
  });

  it('is refused where it would be an upgrade', async () => {
    const it = await pair('stopped');
    upgrade(it);
    expect((await it.plan(START)).problems).toMatchObject([{ code: 'restart-is-an-upgrade', server: null }]);
    expect(await it.deploy(START)).toMatchObject({ outcome: 'refused' });
    expect(it.server('idm-b').state).toBe('stopped');
  });

  it('is refused of a server that may erase itself once it runs', async () => {
    const it = await pair('stopped');
    edit(it, armed);
    expect((await it.plan(START)).problems.map(({ code }) => code)).toContain('erases-itself');
    expect(await it.deploy(START)).toMatchObject({ outcome: 'refused' });
    expect(it.server('idm-b').state).toBe('stopped');
  });

  it.each([
    ['a key that is written wrong', (text: string) => text.replace('bindaddress', 'bindadress')],
    ['a key that is not known', (text: string) => `no_such_key = 1\n${text}`],
  ])('is refused with a file that kanidmd would not start with: %s', async (_what, change) => {
    const it = await pair('stopped');
    edit(it, change);
    const [problem] = (await it.plan(START)).problems;
    expect(problem).toMatchObject({ code: 'file-refused', server: null, where: { server: 'idm-b' } });
    expect(await it.deploy(START)).toMatchObject({ outcome: 'refused' });
    expect(effectsOn(it.server('idm-b'))).toEqual([]);
  });

  it('of a server that does not come up fails, and says so', async () => {
    const it = await pair('stopped');
    Object.assign(it.server('idm-b'), { breaks: () => 'Failed to open its database' });
    const end = await it.deploy(START);
    expect(end).toMatchObject({
      outcome: 'failed',
      problems: expect.arrayContaining([expect.objectContaining({ code: 'server-stopped' })]),
    });
    expect(JSON.stringify(end.problems)).not.toContain('put back');
    expect(await it.interrupted()).toBe(false);
  });
});

describe('a restart', () => {
  it('restarts the one server and proves its pulls; no file is written', async () => {
    const it = await pair('running');
    const before = it.files();
    expect(await outline(it, RESTART)).toEqual(['restart idm-b', 'verify idm-b', 'verify idm-a']);
    const end = await it.deploy(RESTART);
    expect(end, JSON.stringify(end.problems)).toMatchObject({ outcome: 'done' });
    expect(effectsOn(it.server('idm-b'))).toEqual(['restart']);
    expect(effectsOn(it.server('idm-a'))).toEqual([]);
    expect(it.files()).toEqual(before);
  });

  it('is a start where nothing runs', async () => {
    expect((await outline(await pair('stopped'), RESTART))[0]).toBe('start idm-b');
  });

  it('shows a file that the process has not read, and has it tested first', async () => {
    const it = await pair('running');
    expect((await it.plan(RESTART)).steps[0]).not.toHaveProperty('reads');
    edit(it, harmless);
    expect((await it.plan(RESTART)).steps[0]).toMatchObject({
      reads: expect.stringContaining('# changed by hand'),
      why: expect.stringContaining('was changed after kanidmd started'),
    });
    it.server('idm-b').asked.length = 0;
    expect(await it.deploy(RESTART)).toMatchObject({ outcome: 'done' });
    const { asked } = it.server('idm-b');
    expect(asked.indexOf('testConfig')).toBeGreaterThan(-1);
    expect(asked.indexOf('testConfig')).toBeLessThan(asked.indexOf('restart'));
  });

  it('with a file that kanidmd alone knows to refuse leaves running what runs', async () => {
    const it = await pair('running');
    const { refuses } = it.server('idm-b');
    Object.assign(it.server('idm-b'), {
      refuses: (text: string) => (text.includes('by hand') ? 'no such thing' : refuses(text)),
    });
    edit(it, harmless);
    const end = await it.deploy(RESTART);
    expect(end).toMatchObject({ outcome: 'failed' });
    expect(end.problems.map(({ code }) => code)).toContain('config-refused');
    expect(effectsOn(it.server('idm-b'))).toEqual([]);
    expect(it.server('idm-b').state).toBe('running');
  });

  it('is refused where the file on disk would let it erase itself', async () => {
    const it = await pair('running', { ...PAIR, 'idm-b': { ...PAIR['idm-b'], domain: 'b' } as Before });
    edit(it, armed);
    expect((await it.plan(RESTART)).problems.map(({ code }) => code)).toContain('erases-itself');
    expect(await it.deploy(RESTART)).toMatchObject({ outcome: 'refused' });
    expect(effectsOn(it.server('idm-b'))).toEqual([]);
  });

  it('is refused when the program on disk is another one', async () => {
    const it = await pair('running');
    upgrade(it);
    expect(await it.deploy(RESTART)).toMatchObject({ outcome: 'refused' });
    expect(effectsOn(it.server('idm-b'))).toEqual([]);
  });
});

describe.each([
  ['start', 'stopped', START],
  ['restart', 'running', RESTART],
] as const)('what changes between the plan and a %s', (_name, idmB, job) => {
  /** Somebody does something right before the step begins. */
  async function meanwhile(act: (it: FakeDeploys) => void): Promise<readonly string[]> {
    const it = await pair(idmB);
    const end = await it.deploy(job, {}, (event) => {
      if (event.kind === 'started') act(it);
    });
    expect(end).toMatchObject({ outcome: 'failed' });
    expect(effectsOn(it.server('idm-b'))).toEqual([]);
    return end.problems.map(({ code }) => code);
  }

  it('stops it: another file', async () => {
    expect(await meanwhile((it) => edit(it, harmless))).toContain('file-changed');
  });
  it('stops it: another program', async () => {
    const upgraded = meanwhile(upgrade);
    expect(await upgraded).toContain('version-changed');
  });
  it('stops it: a lock that is somebody else’s now', async () => {
    const owner = JSON.stringify({ who: 'robin', host: 'desk', deploy: 'other', since: 0, token: 't' });
    const taken = meanwhile((it) => void Object.assign(it.server('idm-b'), { lock: `${owner}\n` }));
    expect(await taken).toContain('lock-lost');
  });
});

describe.each([
  ['start', 'stopped', START],
  ['restart', 'running', RESTART],
] as const)('a %s of a server that may erase itself', (_name, idmB, job) => {
  it('is stopped when a partner opens the way for it after the plan', async () => {
    const alone = {
      'idm-a': { domain: 'a', tables: [] },
      'idm-b': { domain: 'b', tables: ['idm-a mutual-pull'] },
    };
    const it = await pair(idmB, alone);
    edit(it, armed);
    const open = observedOfTest({ id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'] }).file?.text ?? '';
    expect((await it.plan(job)).blocked).toBe(false);
    const end = await it.deploy(job, {}, (event) => {
      if (event.kind === 'started') it.server('idm-a').files.put(it.server('idm-a').configPath, open);
    });
    expect(end).toMatchObject({ outcome: 'failed' });
    expect(end.problems.map(({ code }) => code)).toContain('would-erase');
    expect(effectsOn(it.server('idm-b'))).toEqual([]);
    expect(it.replication.taken).toEqual([]);
  });
});

describe.each([
  ['start', 'stopped', START],
  ['restart', 'running', RESTART],
] as const)('a program killed in the middle of a %s', (action, idmB, job) => {
  /** Kills it at its one effect, or between its steps. */
  async function killed(when: 'before' | 'after' | 'between'): Promise<FakeDeploys> {
    const it = await pair(idmB);
    it.trouble = (_server, asked) => {
      if (when === 'between' || !isEffect(asked)) return null;
      it.kill();
      return { killed: when };
    };
    await it.deploy(job, {}, (event) => {
      if (when === 'between' && event.kind === 'step' && event.state === 'done') it.kill();
    });
    it.revive();
    expect(await it.interrupted()).toBe(true);
    return it;
  }

  it.each(['before', 'after', 'between'] as const)(
    '%s its effect is finished by resume, with nothing else',
    async (when) => {
      const it = await killed(when);
      // What is drawn besides waits: nobody asked for it.
      const text = it.text.text.replace(/\[\[link\]\][^[]*/, '');
      Object.assign(it, { text: { ...it.text, text } });
      const plan = await it.plan({ kind: 'resume' });
      expect(plan.steps.filter((step) => step.action === 'configure')).toEqual([]);
      const end = await it.deploy({ kind: 'resume' });
      expect(end, JSON.stringify(end.problems)).toMatchObject({ outcome: 'done' });
      expect(await it.interrupted()).toBe(false);
      expect(it.server('idm-b').state).toBe('running');
      expect(effectsOn(it.server('idm-b'))).toEqual([action]);
      expect(effectsOn(it.server('idm-a'))).toEqual([]);
      expect(it.servers.map(({ lock }) => lock)).toEqual([null, null]);
    },
  );

  it('before its effect is finished by resume, though this computer’s clock was slow then', async () => {
    const it = await killed('before');
    const server = it.server('idm-b');
    if (server.startedAt !== null) server.startedAt += 3_600_000;
    it.clock.advance(3_610_000);
    const end = await it.deploy({ kind: 'resume' });
    expect(end, JSON.stringify(end.problems)).toMatchObject({ outcome: 'done' });
    expect(effectsOn(server)).toEqual([action]);
  });

  it.each(['before', 'after', 'between'] as const)(
    '%s its effect is undone as far as there is anything to undo',
    async (when) => {
      const it = await killed(when);
      const state = it.server('idm-b').state;
      const end = await it.deploy({ kind: 'rollback', deploy: null });
      expect(['done', 'unchanged'], JSON.stringify(end)).toContain(end.outcome);
      expect(await it.interrupted()).toBe(false);
      expect(it.server('idm-b').state).toBe(state);
      expect(it.servers.map(({ lock }) => lock)).toEqual([null, null]);
    },
  );
});
