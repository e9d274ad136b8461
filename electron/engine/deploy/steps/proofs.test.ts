import { afterEach, describe, expect, it } from 'vitest';
import { backupOf, domainAs } from '../../../../test/support/fake-replication';
import { certificateOfTest, originOfTest } from '../../../../test/support/fleet-fixtures';
import { id, StepTrial } from '../../../../test/support/step-trial';
import { uncancelled } from '../../base/time';
import { judgePullsOf } from '../guards/judge-pulls';

/* Steps that claim something: pulls that work, a certificate that is new, data that is the same. */

let trial: StepTrial;
afterEach(() => trial.end());

const pair = async (a = 'a', b = 'a', version = '1.10.5'): Promise<void> => {
  trial = await StepTrial.of({
    'idm-a': { domain: a, tables: ['idm-b mutual-pull'], version },
    'idm-b': { domain: b, tables: ['idm-a mutual-pull'], version },
  });
};

describe('pulls', () => {
  const verify = (): void =>
    trial.builder.verify(id('idm-b'), [{ server: id('idm-a'), origin: originOfTest('idm-a') }]);

  it('are proved by a fresh round', async () => {
    await pair();
    verify();
    expect(await trial.run()).toMatchObject({ ok: true, note: expect.stringContaining('idm-b ← idm-a') });
  });

  it('are not by a round before the last restart of either end', async () => {
    for (const name of ['idm-a', 'idm-b']) {
      await pair();
      verify();
      trial.server(name).certificate = certificateOfTest(name, 2);
      trial.deployment.restarted.set(id(name), trial.clock.now());
      expect((await trial.fails()).fault.code, name).toBe('pull-not-proved');
      if (name === 'idm-a') await trial.end();
    }
  });

  it('are not by the round of one supplier where another’s is missing, and the other is named', async () => {
    for (const down of ['idm-a', 'idm-c']) {
      trial = await StepTrial.of({
        'idm-a': { domain: 'a', tables: ['idm-b mutual-pull'] },
        'idm-b': { domain: 'a', tables: ['idm-a mutual-pull', 'idm-c mutual-pull'] },
        'idm-c': { domain: 'a', tables: ['idm-b mutual-pull'] },
      });
      const suppliers = ['idm-a', 'idm-c'].map((it) => ({ server: id(it), origin: originOfTest(it) }));
      trial.builder.verify(id('idm-b'), suppliers);
      trial.server(down).stop();
      const { fault } = await trial.fails();
      expect(fault.code).toBe('pull-not-proved');
      expect(fault.message).toContain(`idm-b ← ${down} is `);
      expect(fault.fix).not.toBe('');
      if (down === 'idm-a') await trial.end();
    }
  });

  it('are told as they come, each state of each once', async () => {
    await pair();
    verify();
    trial.deployment.restarted.set(id('idm-b'), trial.clock.now());
    expect(await trial.run()).toMatchObject({ ok: true });
    const told = trial.said.filter((it) => it.includes('idm-b ← idm-a: '));
    expect(told.map((it) => it.replace(/ · .*/s, ''))).toEqual([
      'idm-b ← idm-a: waiting',
      'idm-b ← idm-a: replicating',
    ]);
  });

  it('are not between two domains, though rounds say Success', async () => {
    await pair();
    verify();
    trial.whenAsked(/idm-a kanidmd domain show/, {
      says: `domain_name   : x\ndomain_uuid   : ${domainAs('c').uuid}\n`,
    });
    const { fault } = await trial.fails();
    expect(fault.code).toBe('pull-not-proved');
    expect(fault.message).toContain('different domains');
  });

  it('are not where a domain or a log cannot be read', async () => {
    for (const what of [
      /idm-a kanidmd domain show/,
      /idm-b kanidmd domain show/,
      /idm-a logs/,
      /idm-b logs/,
    ]) {
      await pair();
      verify();
      trial.whenAsked(what, { fails: { code: 'gone', message: '', fix: '', where: {} } });
      expect((await trial.fails()).fault.code, String(what)).toBe('pull-not-proved');
      if (String(what) !== '/idm-b logs/') await trial.end();
    }
  });

  it('are asked of the domains only once the logs say all that they can', async () => {
    await pair();
    verify();
    const asked = (): number =>
      trial.servers.flatMap((it) => it.asked).filter((it) => it === 'kanidmd domain show').length;
    const [a, b] = [trial.site('idm-a'), trial.site('idm-b')];
    const judged = () =>
      judgePullsOf(trial.deployment, b, [{ site: a, origin: originOfTest('idm-a') }], uncancelled(9000));
    trial.deployment.restarted.set(id('idm-b'), trial.clock.now());
    expect([await judged(), asked()]).toMatchObject([[{ health: 'waiting' }], 0]);
    trial.clock.advance(20_000);
    expect([await judged(), asked()]).toMatchObject([[{ health: 'replicating' }], 2]);
    trial.server('idm-a').stop();
    expect([await judged(), asked()]).toMatchObject([[{ health: 'broken' }], 2]);
  });

  it('are not while a server is stopped', async () => {
    await pair();
    verify();
    trial.server('idm-a').stop();
    expect((await trial.fails()).fault.message).toContain('idm-a is stopped');
    // It was looked at many times, and told once.
    expect(trial.said.filter((it) => it.startsWith('idm-b ← idm-a: '))).toHaveLength(1);
  });

  it('are not after a cancel, and it says so', async () => {
    await pair();
    verify();
    trial.server('idm-a').stop();
    trial.before(/idm-b logs/, () => trial.stop.abort(), 3);
    expect((await trial.fails()).fault.code).toBe('cancelled');
  });
});

describe('a new certificate', () => {
  const renew = async (version = '1.10.5'): Promise<void> => {
    await pair('a', 'a', version);
    const { certificate } = trial.sites.find((it) => it.server.id === 'idm-b')?.observed ?? {};
    if (!certificate) throw new Error('it shows one');
    trial.builder.renewCertificate(id('idm-b'), certificate);
  };
  const asked = (): boolean => trial.effects('idm-b').length > 0;

  it('is waited for, whatever the command says', async () => {
    await renew();
    expect(await trial.run()).toMatchObject({ ok: true });
    expect(trial.deployment.certificates.get(trial.step.id)?.text).toBe(certificateOfTest('idm-b', 1));
    expect(trial.deployment.baselines.get(id('idm-b'))?.certificateText).toBe(certificateOfTest('idm-b', 1));
  });

  it('that never comes is not claimed', async () => {
    await renew();
    trial.whenAsked(/kanidmd renew/, { says: 'Error - you should inspect the logs.' });
    expect((await trial.fails()).fault.code).toBe('renewal-not-proved');
  });

  it('of a server whose admin socket is dead was not asked for', async () => {
    await renew();
    trial.whenAsked(/kanidmd renew/, { says: 'Unable to connect to socket path' });
    expect((await trial.fails()).fault.code).toBe('admin-socket');
  });

  /** Its rounds end, and what it did before a restart counts for nothing. */
  const silent = (): void => {
    const server = trial.server('idm-b');
    server.startedAt = trial.clock.now();
    trial.deployment.restarted.set(id('idm-b'), trial.clock.now());
  };

  it('is not asked for while a partner’s name does not resolve', async () => {
    await renew();
    silent();
    const err = 'err: Custom { kind: Uncategorized, error: "failed to lookup address information" }';
    trial
      .server('idm-b')
      .log.say('warn', `Unable to resolve '${originOfTest('idm-a')}' to ip:port. | ${err}`);
    const { fault } = await trial.fails();
    expect(fault.code).toBe('partner-name-not-found');
    expect(fault.message).toContain(`cannot resolve ${originOfTest('idm-a')}:`);
    expect(asked()).toBe(false);
  });

  it('is not asked for where no round proves that the name resolves', async () => {
    await renew();
    silent();
    const { fault } = await trial.fails();
    expect(fault.code).toBe('partner-name-unproved');
    expect(fault.message).toContain(`no round with ${originOfTest('idm-a')} over`);
    expect(asked()).toBe(false);
  });

  it('is not asked for where the log cannot be read', async () => {
    await renew();
    trial.whenAsked(/idm-b logs/, { fails: { code: 'gone', message: '', fix: '', where: {} } });
    expect((await trial.fails()).fault.code).toBe('gone');
    expect(asked()).toBe(false);
  });

  it('is not asked for where another one is shown than the plan was made from', async () => {
    await renew();
    trial.before(
      /idm-b kanidmd show-repl/,
      () => void (trial.server('idm-b').certificate = certificateOfTest('idm-b', 9)),
      2,
    );
    expect((await trial.fails()).fault.code).toBe('certificate-changed');
    expect(asked()).toBe(false);
  });

  it('is not asked for after a cancel', async () => {
    await renew();
    trial.before(/idm-b logs/, () => trial.stop.abort());
    expect((await trial.fails()).fault.code).toBe('cancelled');
    expect(asked()).toBe(false);
  });
});

describe('the first certificate of a server', () => {
  it('is waited for, and what shows none is a fault', async () => {
    await pair();
    trial.builder.readCertificate(id('idm-b'));
    trial.whenAsked(/idm-b kanidmd show-repl/, { says: 'none' });
    expect((await trial.fails()).fault.code).toBe('no-certificate-shown');
    expect(trial.deployment.certificates.size).toBe(0);
  });

  it('is not waited for after a cancel, and it says so', async () => {
    await pair();
    trial.builder.readCertificate(id('idm-b'));
    trial.whenAsked(/idm-b kanidmd show-repl/, { says: 'none' });
    trial.before(/idm-b kanidmd show-repl/, () => trial.stop.abort(), 2);
    expect((await trial.fails()).fault.code).toBe('cancelled');
  });
});

describe('data', () => {
  it('that is the same is said to be', async () => {
    await pair();
    trial.builder.compare(id('idm-a'), id('idm-b'));
    expect(await trial.run()).toMatchObject({ ok: true, note: expect.stringContaining('hold the same') });
    expect(trial.server('idm-a').files.list('/var/lib/kanidm')).toEqual(['kanidm.db']);
  });

  it('that differs fails the step', async () => {
    await pair();
    trial.builder.compare(id('idm-a'), id('idm-b'));
    trial.replication.backupOf = (server) =>
      backupOf(
        server.id === 'idm-b' ? server : Object.assign(Object.create(server), { domain: domainAs('c') }),
      );
    expect((await trial.fails()).fault.code).toBe('data-differs');
  });

  it('that cannot be compared is a fault, or is said not to be compared', async () => {
    await pair();
    trial.builder.compare(id('idm-a'), id('idm-b'));
    trial.replication.backupOf = (server) => (server.id === 'idm-a' ? null : backupOf(server));
    expect((await trial.fails()).fault.code).toBe('backup-failed');
    await trial.end();
    await pair('a', 'a', '1.8.6');
    trial.builder.compare(id('idm-a'), id('idm-b'));
    expect(await trial.run()).toMatchObject({ ok: true, note: expect.stringContaining('Not compared') });
  });
});
