import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { domainOfTest, originOfTest } from '../../../../test/support/fleet-fixtures';
import { ok } from '../../../../shared/base/result';
import { id, StepTrial } from '../../../../test/support/step-trial';
import { effect } from './effect';

/* Every effect first checks that the lock is still ours, also between two effects of one step, and says so on the disk. */

let trial: StepTrial;
afterEach(() => trial.end());

const PAIR = {
  'idm-a': { domain: 'a', tables: ['idm-b mutual-pull'] },
  'idm-b': { domain: 'b', tables: ['idm-a mutual-pull'] },
};
const ONE = { 'idm-b': { domain: 'b', tables: [] } };
const ONE_OLD = { 'idm-b': { domain: 'b', tables: [], version: '1.8.6' } };

const draws = {
  restart: () => trial.builder.restart(id('idm-b'), 'a test'),
  write: () => {
    const text = trial.server('idm-b').files.text('/etc/kanidm/server.toml') ?? '';
    trial.builder.putBack(id('idm-b'), `# earlier\n${text}`, { summary: '', why: '' });
  },
  backup: () => trial.builder.backup(id('idm-b')),
  refresh: () => {
    const origin = originOfTest('idm-a');
    trial.builder.refresh(id('idm-b'), id('idm-a'), origin, domainOfTest('a'), 'command');
    trial.deployment.backups.set(id('idm-b'), '/backup');
  },
  renew: () => {
    const { certificate } = trial.sites.find((it) => it.server.id === 'idm-b')?.observed ?? {};
    if (certificate) trial.builder.renewCertificate(id('idm-b'), certificate);
  },
  compare: () => trial.builder.compare(id('idm-a'), id('idm-b')),
};

describe('somebody takes the lock over right before the lock is looked at', () => {
  it.each([
    ['restart', ONE, 1, []],
    ['write', ONE, 1, []],
    ['write', ONE, 2, ['replaceFile']],
    ['backup', ONE, 1, []],
    ['backup', ONE, 2, ['makeFolder']],
    ['backup', ONE_OLD, 2, ['makeFolder']],
    ['refresh', PAIR, 1, []],
    ['renew', ONE, 1, []],
    ['compare', PAIR, 1, []],
  ] as const)('%s: the effect after it is not begun (%#)', async (what, before, nth, done) => {
    trial = await StepTrial.of(before);
    draws[what]();
    trial.before(/^idm-b lock check$/, () => trial.takeLock('idm-b'), nth);
    const failure = await trial.fails();
    expect(failure).toMatchObject({
      fault: { code: 'lock-lost', where: { server: 'idm-b' } },
      undone: false,
    });
    expect(failure.fault.message).toContain('robin');
    expect(trial.allEffects()).toEqual(done);
  });

  it.each([
    ['before the backup', 3, ['makeFolder', 'stop']],
    ['before the start', 4, ['makeFolder', 'stop', 'kanidmd database backup']],
  ] as const)(
    'a server stopped for its backup stays stopped, which is said: whoever has the lock may be writing (%s)',
    async (_, nth, done) => {
      trial = await StepTrial.of(ONE_OLD);
      draws.backup();
      trial.before(/^idm-b lock check$/, () => trial.takeLock('idm-b'), nth);
      const { fault } = await trial.fails();
      expect(fault.code).toBe('lock-lost');
      expect(fault.message).toMatch(/stopped for its backup(, which was written,)? and is not started again/);
      expect(trial.effects('idm-b')).toEqual(done);
      expect(trial.server('idm-b').state).toBe('stopped');
    },
  );

  it('a server stopped for its backup is started again though the backup failed, and the journal has it', async () => {
    trial = await StepTrial.of(ONE_OLD);
    draws.backup();
    trial.before(/database backup/, () => void (trial.server('idm-b').files.full = true));
    expect((await trial.fails()).fault.code).toBe('backup-failed');
    expect(trial.effects('idm-b')).toEqual(['makeFolder', 'stop', 'kanidmd database backup', 'start']);
    const journal = readFileSync(join(trial.deployment.journal.folder, 'journal.jsonl'), 'utf8');
    expect(journal.match(/"effect":"\w+"/g)).toEqual(
      ['backup', 'stop', 'backup', 'start'].map((it) => `"effect":"${it}"`),
    );
  });

  it('a look at the lock that fails once leaves no server stopped for its backup', async () => {
    trial = await StepTrial.of(ONE_OLD);
    draws.backup();
    let looks = 0;
    const other = trial.trouble;
    trial.trouble = (server, asked) =>
      asked === 'lock check' && ++looks === 4 ? { lost: 'before' } : other(server, asked);
    expect(await trial.run()).toMatchObject({ ok: true });
    expect(trial.effects('idm-b')).toEqual(['makeFolder', 'stop', 'kanidmd database backup', 'start']);
    expect(looks).toBe(5);
  });

  it('a server that did not come back keeps its new file: whoever has the lock may be writing', async () => {
    trial = await StepTrial.of(ONE);
    draws.write();
    trial.server('idm-b').breaks = (config) => (config.startsWith('# earlier') ? 'Could not bind' : null);
    trial.before(/^idm-b lock check$/, () => trial.takeLock('idm-b'), 3);
    const failure = await trial.fails();
    expect(failure.undone).toBe(false);
    expect(failure.fault.message).toContain('robin');
    expect(trial.effects('idm-b')).toEqual(['replaceFile', 'restart']);
  });
});

describe('a journal that cannot be written any more', () => {
  const full = (from: number): void => {
    let written = 0;
    const { journal } = trial.deployment;
    const write = journal.write.bind(journal);
    Object.assign(journal, {
      write: (...args: Parameters<typeof write>) =>
        args[0].kind === 'intent' && ++written >= from ? Promise.reject(new Error('ENOSPC')) : write(...args),
    });
  };

  it('stops the deploy before an effect', async () => {
    trial = await StepTrial.of(ONE);
    draws.restart();
    full(1);
    expect((await trial.fails()).fault.code).toBe('journal-unwritable');
    expect(trial.allEffects()).toEqual([]);
    expect(trial.deployment.trouble?.code).toBe('journal-unwritable');
  });

  it('does not leave a server half way: the restart after a new file is made', async () => {
    trial = await StepTrial.of(ONE);
    draws.write();
    full(2);
    expect(await trial.run()).toMatchObject({ ok: true });
    expect(trial.effects('idm-b')).toEqual(['replaceFile', 'restart']);
    expect(trial.deployment.trouble?.code).toBe('journal-unwritable');
  });

  it.each([3, 4])(
    'leaves no server with a file that it does not come up with (full from intent %d on)',
    async (from) => {
      trial = await StepTrial.of(ONE);
      draws.write();
      trial.server('idm-b').breaks = (config) => (config.startsWith('# earlier') ? 'Could not bind' : null);
      full(from);
      expect(await trial.fails()).toMatchObject({ undone: true });
      expect(trial.effects('idm-b')).toEqual(['replaceFile', 'restart', 'replaceFile', 'restart']);
      expect(trial.server('idm-b').state).toBe('running');
      expect(trial.deployment.trouble?.code).toBe('journal-unwritable');
    },
  );
});

describe('the intent of an effect', () => {
  /** What it says of the process that ran before. */
  const process = async (act: () => void): Promise<unknown> => {
    trial = await StepTrial.of(ONE);
    draws.restart();
    act();
    const done = () => Promise.resolve({ ok: true as const, value: undefined });
    await effect(trial.deployment, trial.step, trial.site('idm-b'), { effect: 'restart' }, done);
    const journal = readFileSync(join(trial.deployment.journal.folder, 'journal.jsonl'), 'utf8');
    const [intent] = journal.split('\n').filter((line) => line.includes('"intent"'));
    return (JSON.parse(intent ?? '{}') as { process?: unknown }).process;
  };

  it('names the process that runs, so that who resumes knows whether it was restarted', async () => {
    expect(await process(() => undefined)).toBe(trial.server('idm-b').service().process);
  });

  it.each(['stopped', 'failed'] as const)('says that none runs where it is %s', async (state) => {
    expect(await process(() => (trial.server('idm-b').state = state))).toBeNull();
  });

  it('says nothing where the server says nothing, and stops nobody', async () => {
    const denied = { fails: { code: 'permission-denied', message: '', fix: '', where: {} } };
    expect(await process(() => trial.whenAsked(/idm-b state/, denied))).toBeUndefined();
    await trial.end();
    expect(await process(() => (trial.server('idm-b').state = 'stopping'))).toBeUndefined();
  });
});

describe('one effect', () => {
  /** Carries one out whose lock is looked at with these mishaps, by turns. @returns whether it ran, and how often was looked. */
  async function carriedOut(begun: boolean, ...mishaps: readonly ('lost' | 'taken' | 'full')[]) {
    trial = await StepTrial.of(ONE);
    draws.restart();
    let [looks, ran] = [0, false];
    trial.trouble = (_server, asked) => {
      if (asked !== 'lock check') return null;
      const mishap = mishaps[looks++];
      if (mishap === 'taken') trial.takeLock('idm-b');
      return mishap === 'lost' ? { lost: 'before' } : null;
    };
    const { journal } = trial.deployment;
    if (mishaps.includes('full'))
      Object.assign(trial.deployment, {
        journal: { ...journal, write: () => Promise.reject(new Error('no space left')) },
      });
    const run = () => {
      ran = true;
      return Promise.resolve(ok('done'));
    };
    const intent = { effect: 'restart' as const };
    const { deployment, step } = trial;
    const outcome = await effect(deployment, step, trial.site('idm-b'), intent, run, begun);
    const said = [ran, looks, outcome.ok, deployment.begun.has(step.id)];
    await trial.end();
    return said;
  }
  afterEach(async () => {
    trial = await StepTrial.of(ONE);
  });

  it('is not begun where nobody can tell whose the lock is, and nothing is half done', async () => {
    expect(await carriedOut(false, 'lost')).toEqual([false, 1, false, false]);
    expect(await carriedOut(false)).toEqual([true, 1, true, true]);
  });

  it('after another of its step is looked for once more, and never past a lock that is somebody else’s', async () => {
    expect(await carriedOut(true, 'lost')).toEqual([true, 2, true, true]);
    expect(await carriedOut(true, 'lost', 'lost')).toEqual([false, 2, false, false]);
    expect(await carriedOut(true, 'lost', 'taken')).toEqual([false, 2, false, false]);
    expect(await carriedOut(true, 'taken')).toEqual([false, 1, false, false]);
  });

  it('that the journal cannot keep is not begun, unless stopping would leave the server half way', async () => {
    expect(await carriedOut(false, 'full')).toEqual([false, 1, false, false]);
    expect(await carriedOut(true, 'full')).toEqual([true, 1, true, true]);
  });
});
