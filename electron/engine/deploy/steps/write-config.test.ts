import { afterEach, describe, expect, it } from 'vitest';
import {
  certificateOfTest,
  originOfTest,
  readCertificateOfTest,
} from '../../../../test/support/fleet-fixtures';
import { type Sha256, trusted } from '../../../../shared/base/names';
import { id, StepTrial } from '../../../../test/support/step-trial';
import type { Before } from '../../../../test/support/fake-deploys';
import { runStep } from './run-step';
import { writeConfig } from './write-config';

/* A new server.toml: what must hold before it replaces the old one, and what becomes of a server that does not come back. */

let trial: StepTrial;
afterEach(() => trial.end());

const CONFIG = '/etc/kanidm/server.toml';
const ONE: Readonly<Record<string, Before>> = { 'idm-a': { domain: 'a', tables: [] } };
const ALONE: Readonly<Record<string, Before>> = { 'idm-a': { domain: 'a', tables: null } };
const PAIR: Readonly<Record<string, Before>> = {
  'idm-a': { domain: 'a', tables: ['idm-b mutual-pull'] },
  'idm-b': { domain: 'a', tables: ['idm-a mutual-pull'] },
};
const text = (name = 'idm-a'): string => trial.server(name).files.text(CONFIG) ?? '';
const putBack = (earlier = `# earlier\n${text()}`): void =>
  void trial.builder.putBack(id('idm-a'), earlier, { summary: '', why: '' });
const denied = { fails: { code: 'permission-denied', message: '', fix: '', where: {} } };

describe('before a new file replaces the old one', () => {
  it('a copy of it is tested; one that kanidmd refuses changes nothing', async () => {
    trial = await StepTrial.of(ONE);
    putBack();
    trial.server('idm-a').refuses = (config) => (config.startsWith('# earlier') ? 'unknown field' : null);
    const { fault } = await trial.fails();
    expect(fault).toMatchObject({ code: 'config-refused', detail: 'unknown field' });
    expect(trial.allEffects()).toEqual([]);
  });

  it('one that cannot be tested is not written', async () => {
    trial = await StepTrial.of(ONE);
    putBack();
    trial.whenAsked(/testConfig/, { fails: { code: 'disk-full', message: '', fix: '', where: {} } });
    expect((await trial.fails()).fault.code).toBe('disk-full');
    expect(trial.allEffects()).toEqual([]);
  });

  it('both files are kept beside the journal, or nothing is written', async () => {
    trial = await StepTrial.of(ONE);
    putBack();
    const kept: string[] = [];
    Object.assign(trial.deployment.journal, {
      keep: (name: string) => (kept.push(name), Promise.reject(new Error('ENOSPC'))),
    });
    expect((await trial.fails()).fault.code).toBe('journal-unwritable');
    expect(kept).toEqual(['step-1.idm-a.before.toml']);
    expect(trial.allEffects()).toEqual([]);
  });

  it('a cancel stops it', async () => {
    trial = await StepTrial.of(ONE);
    putBack();
    trial.before(/testConfig/, () => trial.stop.abort());
    expect((await trial.fails()).fault.code).toBe('cancelled');
    expect(trial.allEffects()).toEqual([]);
  });

  it('a cancel of the last moment stops it, too', async () => {
    trial = await StepTrial.of(ONE);
    putBack();
    const step = trial.step;
    if (step.action !== 'put-back') throw new Error('it puts back');
    // Whatever is looked at answers; then somebody cancels.
    const content = await trial.sites[0]?.connection.readFile(CONFIG, {
      ...{ maxBytes: 1e6, timeoutMs: 9000, signal: new AbortController().signal },
    });
    const config = trial.sites[0]?.observed.config;
    if (!content?.ok || !config) throw new Error('it is there');
    const file = { old: content.value, bytes: new TextEncoder().encode(step.text), config };
    const result = await writeConfig(trial.deployment, step, file, () => {
      setImmediate(() => trial.stop.abort());
      return new Promise((resolve) => setTimeout(() => resolve(null), 20));
    });
    expect(result).toMatchObject({ ok: false, failure: { fault: { code: 'cancelled' } } });
    expect(trial.allEffects()).toEqual([]);
  });

  it('the file must be the one that was reviewed, to the last byte', async () => {
    trial = await StepTrial.of(ONE);
    putBack();
    // Somebody writes it after the last look.
    trial.before(/lock check/, () => trial.edit('idm-a', (it) => `${it}# robin\n`));
    expect((await trial.fails()).fault.code).toBe('file-changed');
    expect(text()).toContain('# robin');
    expect(trial.effects('idm-a')).toEqual(['replaceFile']);
  });
});

describe('a server that does not come back with its new file', () => {
  const breaks = (with_ = '# earlier'): void =>
    void (trial.server('idm-a').breaks = (config) => (config.startsWith(with_) ? 'Could not bind' : null));

  it('gets its previous file, a restart and a health check, and the deploy says so', async () => {
    trial = await StepTrial.of(ONE);
    const before = text();
    putBack();
    breaks();
    const failure = await trial.fails();
    expect(failure).toMatchObject({ undone: true, fault: { code: 'server-stopped' } });
    expect(failure.fault.fix).toContain('runs again with its previous file');
    expect([text(), trial.server('idm-a').reads]).toEqual([before, before]);
    expect(trial.effects('idm-a')).toEqual(['replaceFile', 'restart', 'replaceFile', 'restart']);
    expect(trial.deployment.baselines.get(id('idm-a'))?.text).toBe(before);
  });

  it('keeps the new one where its previous file would erase somebody', async () => {
    trial = await StepTrial.of({
      'idm-a': { domain: 'a', tables: ['idm-b allow-pull'] },
      'idm-b': { domain: 'b', tables: [] },
    });
    const link = `\n[replication."${originOfTest('idm-b')}"]\ntype = "pull"\nsupplier_cert = "${certificateOfTest('idm-b')}"\nautomatic_refresh = true\n`;
    // The old file would make idm-a erase itself; it was given up for the one without the table.
    trial.edit('idm-b', (it) => it);
    putBack(`# earlier\n${text()}`);
    const step = trial.step;
    if (step.action !== 'put-back') throw new Error('it puts back');
    const site = trial.sites[0];
    if (!site?.observed.config) throw new Error('it is there');
    trial.edit(
      'idm-b',
      (it) =>
        `${it}\n[replication."${originOfTest('idm-a')}"]\ntype = "allow-pull"\nconsumer_cert = "${certificateOfTest('idm-a')}"\n`,
    );
    breaks();
    const old = new TextEncoder().encode(text().replace(/\n\[replication\."[\s\S]*$/, '') + link);
    const now = await site.connection.stat(CONFIG, { signal: new AbortController().signal, timeoutMs: 9000 });
    expect(now.ok).toBe(true);
    const known = trial.deployment.baselines.get(id('idm-a'));
    const file = {
      old: { bytes: old, sha256: known?.sha256 ?? trusted<Sha256>('') },
      bytes: new TextEncoder().encode(step.text),
      config: site.observed.config,
    };
    const result = await writeConfig(trial.deployment, step, file);
    expect(result).toMatchObject({ ok: false, failure: { undone: false } });
    expect(JSON.stringify(result)).toContain('The previous file was not put back');
    expect(JSON.stringify(result)).toContain('erase itself');
    expect(text()).toMatch(/^# earlier/);
  });

  it('that cannot get its previous file back is told as it is', async () => {
    trial = await StepTrial.of(ONE);
    putBack();
    breaks();
    trial.before(/service|restart/, () => void (trial.server('idm-a').files.full = true));
    const failure = await trial.fails();
    expect(failure.undone).toBe(false);
    expect(failure.fault.message).toContain('Putting the previous file back failed too');
  });

  it('with neither file is told as it is', async () => {
    trial = await StepTrial.of(ONE);
    putBack();
    breaks('');
    const failure = await trial.fails();
    expect(failure).toMatchObject({ undone: false, fault: { code: 'server-stopped' } });
    expect(failure.fault.message).toContain('failed too');
  });

  const withoutStart = (line: string): boolean => !line.includes('Starting');
  it.each([
    ['does not say that it started', ONE, withoutStart, 'replication-not-started'],
    [
      'does not start its replication interface',
      ONE,
      (line: string) => !line.includes('replication interface'),
      'replication-not-started',
    ],
    ['replicates with nobody and does not say that it started', ALONE, withoutStart, 'not-started'],
  ] as const)('%s: it is not healthy', async (_what, before, keeps, code) => {
    trial = await StepTrial.of(before);
    putBack();
    const { log, files } = trial.server('idm-a');
    const write = log.write.bind(log);
    log.write = (line) => {
      if (!(files.text(CONFIG) ?? '').startsWith('# earlier') || keeps(line)) write(line);
    };
    const failure = await trial.fails();
    expect(failure).toMatchObject({ undone: true, fault: { code } });
  });

  it.each([/idm-a kanidmd domain show/, /idm-a kanidmd show-replication-certificate/])(
    'that does not answer %s is not healthy',
    async (what) => {
      trial = await StepTrial.of(ONE);
      putBack();
      const other = trial.trouble;
      trial.trouble = (server, asked) =>
        what.test(`${server} ${asked}`) &&
        text().startsWith('# earlier') &&
        trial.effects('idm-a').includes('restart')
          ? denied
          : other(server, asked);
      const failure = await trial.fails();
      expect(failure).toMatchObject({ undone: true, fault: { code: 'permission-denied' } });
      expect(text()).not.toContain('# earlier');
    },
  );

  it('whose restart was asked for and whose answer was lost is asked itself', async () => {
    trial = await StepTrial.of(ONE);
    putBack();
    trial.whenAsked(/idm-a restart/, { lost: 'after' });
    expect(await trial.run()).toMatchObject({ ok: true });
    expect(trial.server('idm-a').reads).toMatch(/^# earlier/);
  });

  it('whose restart never happened is not taken for a restarted one', async () => {
    trial = await StepTrial.of(ONE);
    putBack();
    trial.whenAsked(/idm-a restart/, { lost: 'before' });
    const failure = await trial.fails();
    expect(failure.undone).toBe(false);
    expect(failure.fault.code).toBe('connection-lost');
  });
});

describe('a restart rolls', () => {
  /** idm-b's pin of idm-a's certificate is void from the restart of idm-a on. */
  const voidPin = (): void =>
    trial.before(
      /idm-a restart/,
      () =>
        void (trial.server('idm-a').started = () => {
          trial.clock.after(
            1,
            () => void (trial.server('idm-b').certificate = certificateOfTest('idm-b', 5)),
          );
        }),
    );

  it.each([
    ['a restart', () => trial.builder.restart(id('idm-a'), 'a test')],
    ['a new file with the same tables', () => putBack()],
  ])('no other server is touched while a partner does not pull again, after %s', async (_what, draw) => {
    trial = await StepTrial.of(PAIR);
    draw();
    voidPin();
    const { fault } = await trial.fails();
    expect(fault).toMatchObject({ code: 'partner-without-round', where: { server: 'idm-b' } });
  });

  it('a pull that the new file ends is not waited for', async () => {
    trial = await StepTrial.of(PAIR);
    putBack(text().replace(/\n\[replication\."[\s\S]*$/, '\n'));
    expect(await trial.run()).toMatchObject({ ok: true });
    expect(trial.said.join()).not.toContain('Waiting until');
  });

  it('goes on once the partner has pulled', async () => {
    trial = await StepTrial.of(PAIR);
    trial.builder.restart(id('idm-a'), 'a test');
    const began = trial.clock.monotonic();
    expect(await trial.run()).toMatchObject({ ok: true });
    expect(trial.said.join()).toContain('Waiting until idm-b has pulled from idm-a again');
    expect(trial.clock.monotonic() - began).toBeGreaterThan(0);
  });
});

describe('the pins of a new file', () => {
  const pin = async (): Promise<void> => {
    trial = await StepTrial.of({
      'idm-a': { domain: 'a', tables: [] },
      'idm-b': { domain: 'a', tables: [] },
    });
    const observed = trial.sites.find((it) => it.server.id === 'idm-b')?.observed.certificate;
    if (!observed) throw new Error('it shows one');
    const partner = { origin: originOfTest('idm-b'), type: 'mutual-pull' as const, automaticRefresh: false };
    trial.builder.configure(
      id('idm-a'),
      [{ kind: 'pin-partner', partner, of: id('idm-b'), certificate: { known: observed } }],
      { summary: '', why: '', needs: [] },
    );
  };

  it('must be what the partner shows now', async () => {
    await pin();
    trial.server('idm-b').certificate = certificateOfTest('idm-b', 3);
    expect((await trial.fails()).fault).toMatchObject({
      code: 'certificate-changed',
      where: { server: 'idm-b' },
    });
    expect(trial.allEffects()).toEqual([]);
  });

  it('of a partner that is down now are not judged', async () => {
    await pin();
    trial.server('idm-b').stop();
    expect(await trial.run()).toMatchObject({ ok: true });
    expect(text()).toContain(readCertificateOfTest('idm-b').text);
  });

  it('must have been read by the step before', async () => {
    await pin();
    const step = trial.step;
    if (step.action !== 'configure') throw new Error('it configures');
    const changes = step.changes.map((it) =>
      it.kind === 'pin-partner' ? { ...it, certificate: { after: step.id } } : it,
    );
    const result = await runStep(trial.deployment, { ...step, changes });
    expect(result).toMatchObject({ ok: false, failure: { fault: { code: 'certificate-missing' } } });
    expect(trial.allEffects()).toEqual([]);
  });

  it('must make the server pull from whom the plan shows, and from nobody else', async () => {
    await pin();
    const step = trial.step;
    if (step.action !== 'configure') throw new Error('it configures');
    for (const pullsFrom of [[], [originOfTest('idm-c')], [originOfTest('idm-b'), originOfTest('idm-c')]]) {
      const result = await runStep(trial.deployment, { ...step, pullsFrom });
      expect(result).toMatchObject({ ok: false, failure: { fault: { code: 'suppliers-differ' } } });
    }
    expect(trial.allEffects()).toEqual([]);
  });
});
