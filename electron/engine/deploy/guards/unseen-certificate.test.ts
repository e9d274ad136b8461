import { afterEach, describe, expect, it } from 'vitest';
import { domainAs } from '../../../../test/support/fake-replication';
import { certificateOfTest, domainOfTest } from '../../../../test/support/fleet-fixtures';
import { StepTrial } from '../../../../test/support/step-trial';

/* The guard of erasures where a server’s certificate is not known: what a table pins may be it. */

let trial: StepTrial;
afterEach(() => trial.end());

describe('a certificate that nobody saw', () => {
  /** idm-b would take idm-a's data, and pins a certificate that idm-a may have shown once. */
  const pinned = async (): Promise<void> => {
    trial = await StepTrial.of({
      'idm-a': { domain: 'a', tables: ['idm-b allow-pull'] },
      'idm-b': { domain: 'a', tables: ['idm-a pull automatic'] },
    });
    trial.edit('idm-b', (text) => text.replace(certificateOfTest('idm-a'), certificateOfTest('idm-a', 7)));
    trial.server('idm-a').domain = domainAs('c');
  };
  const unseen = (): void => trial.knows('idm-a', { certificateText: null, domain: domainOfTest('c') });

  it('may be the one that is pinned, where its server runs or is about to', async () => {
    await pinned();
    unseen();
    expect(await trial.whyErases('idm-b')).toMatchObject({ code: 'would-erase', where: { server: 'idm-b' } });
    trial.server('idm-a').stop();
    expect(await trial.whyErases('idm-a')).toMatchObject({ code: 'would-erase', where: { server: 'idm-b' } });
  });

  it('is not shown by a server that is down and stays so', async () => {
    await pinned();
    unseen();
    trial.server('idm-a').stop();
    expect(await trial.whyErases('idm-b')).toBeNull();
  });

  it('counts for nothing where another one was seen', async () => {
    await pinned();
    expect(await trial.whyErases('idm-b')).toBeNull();
    expect(await trial.whyErases('idm-a')).toBeNull();
  });
});
