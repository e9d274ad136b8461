import { afterEach, describe, expect, it } from 'vitest';
import { Span } from '../../../../practice/kanidmd/span';
import { domainAs, logOf } from '../../../../test/support/fake-replication';
import { certificateOfTest, domainOfTest, originOfTest } from '../../../../test/support/fleet-fixtures';
import { id, StepTrial } from '../../../../test/support/step-trial';
import { runStep } from './run-step';

/* A refresh: what must hold right before it, and what proves it. */

let trial: StepTrial;
afterEach(() => trial.end());

const draw = async (by: 'command' | 'automatic' = 'command', more: readonly string[] = []): Promise<void> => {
  trial = await StepTrial.of({
    'idm-a': { domain: 'a', tables: ['idm-b mutual-pull'] },
    'idm-b': { domain: 'b', tables: ['idm-a mutual-pull', ...more] },
    'idm-c': { domain: 'a', tables: [] },
  });
  trial.builder.refresh(id('idm-b'), id('idm-a'), originOfTest('idm-a'), domainOfTest('a'), by);
  trial.deployment.backups.set(id('idm-b'), '/backup');
};
const asked = (): boolean => trial.effects('idm-b').some((it) => it.startsWith('kanidmd refresh'));

/** idm-b's log tells a refresh that ended well. */
const refreshed = (from: string): void =>
  logOf(trial.server('idm-b')).finish(
    new Span('repl_run_consumer_refresh', [['server_name', from]], 2)
      .info('Replication refresh was successful.')
      .end(),
  );

describe('right before the command', () => {
  it('the file must have one table, of the source', async () => {
    await draw('command', ['idm-c pull']);
    expect((await trial.fails()).fault.code).toBe('several-suppliers');
    expect(asked()).toBe(false);
  });

  it('a table that only lets others pull counts, too', async () => {
    await draw('command', ['idm-c allow-pull']);
    expect((await trial.fails()).fault.code).toBe('several-suppliers');
    expect(asked()).toBe(false);
  });

  it('the one table must be of the source', async () => {
    await draw();
    const { step } = trial;
    if (step.action !== 'refresh') throw new Error('it refreshes');
    const result = await runStep(trial.deployment, { ...step, sourceHost: 'idm-c.example.com' });
    expect(result).toMatchObject({ ok: false, failure: { fault: { code: 'several-suppliers' } } });
    expect(asked()).toBe(false);
  });

  it('the source must hold the domain that the plan names', async () => {
    await draw();
    trial.server('idm-a').domain = domainAs('c');
    expect((await trial.fails()).fault).toMatchObject({
      code: 'database-changed',
      where: { server: 'idm-a' },
    });
    expect(asked()).toBe(false);
  });

  it('the source must hold it to the last look', async () => {
    await draw();
    trial.before(/idm-a kanidmd domain show/, () => void (trial.server('idm-a').domain = domainAs('c')), 2);
    expect((await trial.fails()).fault).toMatchObject({
      code: 'database-changed',
      where: { server: 'idm-a' },
    });
    expect(asked()).toBe(false);
  });

  it.each([1, 2])('the source must answer, at look %d', async (look) => {
    await draw();
    let looks = 0;
    trial.trouble = (server, what) =>
      server === 'idm-a' && what === 'kanidmd domain show' && ++looks === look ? { lost: 'before' } : null;
    expect((await trial.fails()).fault).toMatchObject({
      code: 'connection-lost',
      where: { server: 'idm-a' },
    });
    expect(asked()).toBe(false);
  });

  it('the own database must be the one that was seen, to the last look', async () => {
    await draw();
    trial.before(/idm-b kanidmd domain show/, () => void (trial.server('idm-b').domain = domainAs('c')), 2);
    expect((await trial.fails()).fault).toMatchObject({
      code: 'database-changed',
      where: { server: 'idm-b' },
    });
    expect(asked()).toBe(false);
  });

  it('the own origin must lie within the domain whose data it takes', async () => {
    await draw();
    trial.server('idm-a').domain = { ...domainAs('a'), name: 'other.example.org' };
    expect((await trial.fails()).fault).toMatchObject({
      code: 'origin-outside-database',
      where: { server: 'idm-b' },
    });
    expect(asked()).toBe(false);
  });

  it('a cancel stops it', async () => {
    await draw();
    trial.before(/idm-a kanidmd domain show/, () => trial.stop.abort());
    expect((await trial.fails()).fault.code).toBe('cancelled');
    expect(asked()).toBe(false);
  });

  it('a cancel after the last look stops it, too', async () => {
    await draw();
    // The drift, the source, and the last look at both.
    trial.after(/kanidmd domain show/, () => trial.stop.abort(), 4);
    expect((await trial.fails()).fault).toMatchObject({
      code: 'cancelled',
      message: 'Cancelled before the refresh; nothing was erased.',
    });
    expect(trial.allEffects()).toEqual([]);
  });
});

describe('the proof', () => {
  it('is a round that took the source’s data, and one domain', async () => {
    await draw();
    expect(await trial.run()).toMatchObject({
      ok: true,
      note: expect.stringContaining('refreshed from idm-a'),
    });
    expect(trial.deployment.baselines.get(id('idm-b'))?.domain).toBe(domainOfTest('a'));
  });

  it('is not what the command says: "success" without a round', async () => {
    await draw();
    trial.whenAsked(/kanidmd refresh/, { says: '[info]: success\n' });
    const { fault } = await trial.fails();
    expect(fault.code).toBe('refresh-not-proved');
    expect(fault.message).toContain('No refresh of idm-b');
  });

  it('is not a round alone: both must be in one domain then', async () => {
    await draw();
    trial.before(/kanidmd refresh/, () => {
      trial.clock.after(1, () => undefined);
      const other = trial.trouble;
      trial.trouble = (server, what) => {
        if (server === 'idm-b' && what === 'logs') trial.server('idm-b').domain = domainAs('c');
        return other(server, what);
      };
    });
    expect((await trial.fails()).fault.code).toBe('refresh-not-proved');
  });

  it.each(['command', 'automatic'] as const)(
    'is not one domain on both, by %s: it must be the one that the plan names',
    async (by) => {
      await draw(by);
      const reborn = (): void => {
        trial.server('idm-a').domain = domainAs('f');
        trial.server('idm-b').domain = domainAs('f');
        refreshed('idm-a.example.com');
      };
      if (by === 'command') trial.whenAsked(/kanidmd refresh/, { says: '[info]: success\n' });
      trial.deployment.restarted.set(id('idm-b'), trial.clock.now() - 1000);
      trial.before(/idm-b logs/, reborn);
      const { fault } = await trial.fails();
      expect(fault).toMatchObject({ code: 'database-changed', where: { server: 'idm-a' } });
      expect(fault.message).toContain('idm-b has taken it');
      expect(trial.deployment.baselines.get(id('idm-b'))?.domain).toBe(domainOfTest('b'));
    },
  );

  it('is not a round that took the data of another server', async () => {
    await draw();
    trial.whenAsked(/kanidmd refresh/, { says: '[info]: success\n' });
    trial.before(/idm-b logs/, () => {
      trial.server('idm-b').domain = domainAs('a');
      refreshed('idm-c.example.com');
    });
    const { fault } = await trial.fails();
    expect(fault.code).toBe('refresh-not-proved');
    expect(fault.message).toContain('No refresh of idm-b from idm-a');
  });

  it('of a command that answered "Error" is the log after a restart, which drops the request', async () => {
    await draw();
    trial.server('idm-a').certificate = certificateOfTest('idm-a', 3);
    const { fault } = await trial.fails();
    expect(fault.code).toBe('refresh-not-proved');
    expect(trial.effects('idm-b')).toEqual(['kanidmd refresh-replication-consumer', 'restart']);
    // Nothing erases it later, when its source can be reached again.
    trial.server('idm-a').certificate = certificateOfTest('idm-a');
    trial.clock.advance(600_000);
    expect(trial.replication.taken).toEqual([]);
  });

  it('of a command whose answer was lost is the log too: what happened is found', async () => {
    await draw();
    trial.whenAsked(/kanidmd refresh/, { lost: 'after' });
    expect(await trial.run()).toMatchObject({ ok: true });
    expect(trial.effects('idm-b')).toContain('restart');
    expect(trial.deployment.baselines.get(id('idm-b'))?.domain).toBe(domainOfTest('a'));
  });
});

describe('a server that refreshes itself', () => {
  it('must have been restarted by this deploy', async () => {
    await draw('automatic');
    expect((await trial.fails()).fault.code).toBe('not-restarted');
  });

  it('is waited for, and a cancel says that it may still happen', async () => {
    await draw('automatic');
    trial.deployment.restarted.set(id('idm-b'), trial.clock.now());
    trial.before(/idm-b logs/, () => trial.stop.abort());
    const { fault } = await trial.fails();
    expect(fault).toMatchObject({ code: 'cancelled', where: { server: 'idm-b' } });
    expect(fault.message).toContain('it may have, or may still');
  });

  it('that does not is not proved', async () => {
    await draw('automatic');
    trial.deployment.restarted.set(id('idm-b'), trial.clock.now());
    expect((await trial.fails()).fault.code).toBe('refresh-not-proved');
    expect(trial.allEffects()).toEqual([]);
  });
});
