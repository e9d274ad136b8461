import { afterEach, describe, expect, it } from 'vitest';
import { Span } from '../../../../practice/kanidmd/span';
import { headOf } from '../../../../test/support/past-deploy';
import { domainAs, logOf } from '../../../../test/support/fake-replication';
import { domainOfTest, originOfTest } from '../../../../test/support/fleet-fixtures';
import { value } from '../../../../test/support/results';
import { id, StepTrial } from '../../../../test/support/step-trial';
import { readJournal } from '../journal/read-journal';

/* What came of a refresh whose answer says too little, that a cancel meets, or whose end cannot be looked at. */

let trial: StepTrial;
afterEach(() => trial.end());

const draw = async (by: 'command' | 'automatic' = 'command', domain = 'b'): Promise<void> => {
  trial = await StepTrial.of({
    'idm-a': { domain: 'a', tables: ['idm-b mutual-pull'] },
    'idm-b': { domain, tables: ['idm-a mutual-pull'] },
  });
  trial.builder.refresh(id('idm-b'), id('idm-a'), originOfTest('idm-a'), domainOfTest('a'), by);
  trial.deployment.backups.set(id('idm-b'), '/backup');
};
const ERROR = { says: '[error]: Error\n' };
const SUCCESS = { says: '[info]: success\n' };
const LOST = { lost: 'before' } as const;

/** idm-b's log tells a refresh from idm-a. */
const told = (end: (span: Span) => Span): void =>
  logOf(trial.server('idm-b')).finish(
    end(new Span('repl_run_consumer_refresh', [['server_name', 'idm-a.example.com']], 2)).end(),
  );
const happens = (): void => {
  trial.server('idm-b').domain = domainAs('a');
  told((span) => span.info('Replication refresh was successful.'));
};
const fails = (): void => told((span) => span.error('Unable to connect to supplier'));

describe('an answer that is not "success"', () => {
  it('of a refresh that happened all the same: the restart drops the request, and the log proves it', async () => {
    await draw();
    trial.whenAsked(/kanidmd refresh/, ERROR);
    trial.before(/idm-b restart/, happens);
    expect(await trial.run()).toMatchObject({ ok: true, note: expect.stringContaining(domainOfTest('a')) });
    expect(trial.effects('idm-b')).toEqual(['kanidmd refresh-replication-consumer', 'restart']);
    expect(trial.said.some((it) => it.includes('the outcome is unknown'))).toBe(true);
  });

  it('of one that failed is not proved, and what the log told is kept', async () => {
    await draw();
    trial.whenAsked(/kanidmd refresh/, ERROR);
    trial.before(/idm-b restart/, fails);
    const { fault } = await trial.fails();
    expect(fault.message).toBe('The refresh of idm-b from idm-a is not proved.');
    expect(fault.detail).toContain('Unable to connect to supplier');
    expect(trial.deployment.baselines.get(id('idm-b'))?.domain).toBe(domainOfTest('b'));
  });

  it('is written down with what it said, before the restart', async () => {
    await draw();
    const { journal } = trial.deployment;
    await journal.write(headOf(journal.deploy));
    trial.whenAsked(/kanidmd refresh/, ERROR);
    await trial.fails();
    const { entries } = value(await readJournal(journal.folder));
    const kinds = entries.map((it) => ('effect' in it ? `${it.kind} ${it.effect}` : it.kind));
    expect(kinds.indexOf('output')).toBeLessThan(kinds.indexOf('intent restart'));
    // Who resumes learns from it what the database was before.
    expect(entries.find((it) => it.kind === 'intent')).toMatchObject({
      ...{ effect: 'refresh', source: 'idm-a', domain: domainOfTest('b') },
    });
  });

  it('is followed by the restart though one look at the lock fails: else it may erase later', async () => {
    await draw();
    trial.whenAsked(/kanidmd refresh/, ERROR);
    let looks = 0;
    const other = trial.trouble;
    trial.trouble = (server, asked) => {
      const refreshing = trial.effects('idm-b').length > 0;
      return asked === 'lock check' && refreshing && ++looks === 1 ? LOST : other(server, asked);
    };
    await trial.fails();
    expect(trial.effects('idm-b')).toContain('restart');
  });

  it('of a server that does not come up from that restart is told as that', async () => {
    await draw();
    trial.whenAsked(/kanidmd refresh/, ERROR);
    trial.server('idm-b').breaks = () => 'Could not bind';
    expect((await trial.fails()).fault.code).toBe('server-stopped');
  });
});

describe('the end of a refresh', () => {
  it('that was asked for is waited for, whatever is cancelled meanwhile', async () => {
    await draw();
    trial.whenAsked(/kanidmd refresh/, SUCCESS);
    trial.before(/idm-b logs/, () => {
      trial.stop.abort();
      trial.clock.after(60_000, happens);
    });
    expect(await trial.run()).toMatchObject({ ok: true });
  });

  it('that a server began itself is proved in the same way, without a command or a backup being asked for', async () => {
    await draw('automatic');
    trial.deployment.restarted.set(id('idm-b'), trial.clock.now());
    happens();
    expect(await trial.run()).toMatchObject({ ok: true });
    expect(trial.deployment.baselines.get(id('idm-b'))).toMatchObject({ domain: domainOfTest('a') });
    expect(trial.effects('idm-b')).toEqual([]);
  });

  it.each(['command', 'automatic'] as const)(
    'that failed, by %s, is not waited for any longer',
    async (by) => {
      await draw(by);
      trial.deployment.restarted.set(id('idm-b'), trial.clock.now());
      trial.whenAsked(/kanidmd refresh/, SUCCESS);
      trial.before(/idm-b logs/, () => {
        fails();
        trial.stop.abort();
      });
      // A cancel does not hide it.
      expect((await trial.fails()).fault).toMatchObject({
        code: 'refresh-not-proved',
        message: expect.stringContaining('is not proved'),
      });
    },
  );

  it('that failed is not taken for done because both say one domain, as after a restore', async () => {
    await draw('command', 'a');
    trial.whenAsked(/kanidmd refresh/, SUCCESS);
    trial.before(/idm-b logs/, fails);
    const { fault } = await trial.fails();
    expect(fault).toMatchObject({ code: 'refresh-not-proved' });
    expect(fault.detail).toContain('Unable to connect to supplier');
  });

  it.each(['idm-a', 'idm-b'])('is not claimed while %s does not say its domain', async (silent) => {
    await draw('automatic');
    trial.deployment.restarted.set(id('idm-b'), trial.clock.now());
    happens();
    trial.whenAsked(new RegExp(`${silent} kanidmd domain show`), LOST);
    expect((await trial.fails()).fault).toMatchObject({
      code: 'connection-lost',
      where: { server: silent },
    });
    expect(trial.deployment.baselines.get(id('idm-b'))?.domain).toBe(domainOfTest('b'));
  });

  it('is not claimed of a log that cannot be read', async () => {
    await draw('automatic');
    trial.deployment.restarted.set(id('idm-b'), trial.clock.now());
    happens();
    trial.whenAsked(/idm-b logs/, { fails: { code: 'gone', message: '', fix: '', where: {} } });
    expect((await trial.fails()).fault.message).toContain('No refresh of idm-b from idm-a shows');
  });

  it('from a source that was reborn says who holds what, also where it was not taken', async () => {
    await draw('automatic');
    trial.deployment.restarted.set(id('idm-b'), trial.clock.now());
    happens();
    trial.server('idm-a').domain = domainAs('f');
    const { fault } = await trial.fails();
    expect(fault).toMatchObject({ code: 'database-changed', where: { server: 'idm-a' } });
    expect(fault.message).not.toContain('taken');
    expect(fault.detail).toContain(`idm-a is in ${domainOfTest('f')}\nidm-b is in ${domainOfTest('a')}`);
  });
});

describe('right before the command', () => {
  it.each([
    ['its own domain cannot be asked', /idm-b kanidmd domain show/, 2],
    ['its file cannot be read', /idm-b readFile/, 2],
  ] as const)('nothing is erased where %s', async (_what, call, nth) => {
    await draw();
    let seen = 0;
    trial.trouble = (server, asked) => (call.test(`${server} ${asked}`) && ++seen >= nth ? LOST : null);
    expect((await trial.fails()).fault).toMatchObject({
      code: 'connection-lost',
      where: { server: 'idm-b' },
    });
    expect(trial.effects('idm-b')).toEqual([]);
  });

  it('nothing is asked for where the one table is not one it pulls by', async () => {
    trial = await StepTrial.of({
      'idm-a': { domain: 'a', tables: ['idm-b pull'] },
      'idm-b': { domain: 'b', tables: ['idm-a allow-pull'] },
    });
    trial.builder.refresh(id('idm-b'), id('idm-a'), originOfTest('idm-a'), domainOfTest('a'), 'command');
    trial.deployment.backups.set(id('idm-b'), '/backup');
    expect((await trial.fails()).fault.code).toBe('several-suppliers');
    expect(trial.effects('idm-b')).toEqual([]);
  });

  it('nothing is erased with a journal that cannot be written', async () => {
    await draw();
    Object.assign(trial.deployment.journal, { write: () => Promise.reject(new Error('no space left')) });
    expect((await trial.fails()).fault.code).toBe('journal-unwritable');
    expect(trial.allEffects()).toEqual([]);
  });
});
