import { afterEach, describe, expect, it } from 'vitest';
import { certificateOfTest } from '../../../../test/support/fleet-fixtures';
import { id, StepTrial } from '../../../../test/support/step-trial';

/* What is told of a renewal: which answers say nothing, what was waited for, and that it may still come. */

let trial: StepTrial;
afterEach(() => trial.end());

const draw = async (version: string): Promise<void> => {
  trial = await StepTrial.of({
    'idm-a': { domain: 'a', tables: ['idm-b mutual-pull'], version },
    'idm-b': { domain: 'a', tables: ['idm-a mutual-pull'], version },
  });
  const { certificate } = trial.site('idm-b').observed;
  if (certificate === null) throw new Error('it shows one');
  trial.builder.renewCertificate(id('idm-b'), certificate);
};
const explained = (): boolean => trial.said.some((it) => it.includes('did not answer with a certificate'));
const LOST = { lost: 'before' } as const;

describe('a renewal', () => {
  it('whose answer shows no certificate is explained to who waits; one whose answer does is not', async () => {
    await draw('1.10.5');
    expect(await trial.run()).toMatchObject({ ok: true });
    expect(explained()).toBe(true);
    await trial.end();
    await draw('1.11.1');
    expect(await trial.run()).toMatchObject({ ok: true });
    expect(explained()).toBe(false);
  });

  it('names the new certificate, the day it ends and the old one', async () => {
    await draw('1.11.1');
    const old = trial.site('idm-b').observed.certificate?.fingerprint ?? '';
    const result = await trial.run();
    const note = result.ok ? result.note : '';
    expect(note).toMatch(/ · until \d{4}-\d\d-\d\d; before: /);
    expect(note.endsWith(old)).toBe(true);
    expect(note.startsWith(old)).toBe(false);
  });

  it('whose answer was lost is waited for: it was asked for', async () => {
    await draw('1.10.5');
    trial.whenAsked(/kanidmd renew/, { lost: 'after' });
    expect(await trial.run()).toMatchObject({ ok: true });
    expect(explained()).toBe(true);
    expect(trial.deployment.certificates.get(trial.step.id)?.text).toBe(certificateOfTest('idm-b', 1));
  });

  it.each([
    [
      'shows the old one',
      { says: 'Error - you should inspect the logs.' },
      null,
      'it still shows the old one',
    ],
    ['shows none', { says: 'Error - you should inspect the logs.' }, LOST, 'it shows none: '],
  ] as const)(
    'of a server that %s to the end may still come, which is said',
    async (_what, says, show, why) => {
      await draw('1.10.5');
      trial.whenAsked(/kanidmd renew/, says);
      const other = trial.trouble;
      trial.trouble = (server, asked) =>
        show !== null && asked.includes('show-repl') && trial.effects('idm-b').length > 0
          ? show
          : other(server, asked);
      const { fault } = await trial.fails();
      expect(fault.code).toBe('renewal-not-proved');
      expect(fault.message).toContain(why);
      expect(fault.message).toContain('may still come');
      expect(trial.deployment.certificates.size).toBe(0);
    },
  );

  it('is not asked for of a server that shows no certificate now', async () => {
    await draw('1.10.5');
    let looks = 0;
    trial.trouble = (_server, asked) => (asked.includes('show-repl') && ++looks > 1 ? LOST : null);
    expect((await trial.fails()).fault).toMatchObject({
      code: 'connection-lost',
      where: { server: 'idm-b' },
    });
    expect(trial.effects('idm-b')).toEqual([]);
  });

  it('is not asked for with a journal that cannot be written', async () => {
    await draw('1.10.5');
    Object.assign(trial.deployment.journal, { write: () => Promise.reject(new Error('no space left')) });
    expect((await trial.fails()).fault.code).toBe('journal-unwritable');
    expect(trial.effects('idm-b')).toEqual([]);
  });
});
