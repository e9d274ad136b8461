import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { certificateOfTest, originOfTest } from '../../../../test/support/fleet-fixtures';
import { writesOverReviewedFileAlone } from '../../../../test/support/reviewed-file';
import { id, StepTrial } from '../../../../test/support/step-trial';

/* Planned changes are made on the bytes that were reviewed, and pin only what partners show now. */

let trial: StepTrial;
beforeEach(async () => {
  trial = await StepTrial.of({
    'idm-a': { domain: 'a', tables: [] },
    'idm-b': { domain: 'a', tables: [] },
    'idm-c': { domain: 'a', tables: [] },
  });
  const changes = ['idm-b', 'idm-c'].map((name) => {
    const { certificate } = trial.site(name).observed;
    if (certificate === null) throw new Error('it shows one');
    const partner = { origin: originOfTest(name), type: 'mutual-pull' as const, automaticRefresh: false };
    return { kind: 'pin-partner' as const, partner, of: id(name), certificate: { known: certificate } };
  });
  trial.builder.configure(id('idm-a'), changes, { summary: '', why: '', needs: [] });
});
afterEach(() => trial.end());

const CONFIG = '/etc/kanidm/server.toml';
const text = (): string => trial.server('idm-a').files.text(CONFIG) ?? '';

describe('a new file', () => {
  it('is the one that was there with the changes in it, and the process reads it', async () => {
    const before = text();
    expect(await trial.run()).toMatchObject({ ok: true });
    for (const name of ['idm-b', 'idm-c']) expect(text()).toContain(certificateOfTest(name));
    expect(text().startsWith(before.trimEnd().slice(0, 100))).toBe(true);
    expect(trial.server('idm-a').reads).toBe(text());
  });

  writesOverReviewedFileAlone(() => trial);

  it.each(['idm-b', 'idm-c'])('is not written where %s alone shows another certificate now', async (name) => {
    trial.server(name).certificate = certificateOfTest(name, 3);
    expect((await trial.fails()).fault).toMatchObject({
      code: 'certificate-changed',
      where: { server: name },
      detail: expect.stringMatching(/certificate then .+\ncertificate now {2}.+/),
    });
    expect(trial.allEffects()).toEqual([]);
  });

  it('may pin a partner that nobody can ask now: it is not in this fleet any more', async () => {
    const sites = new Map(trial.deployment.sites);
    sites.delete(id('idm-c'));
    Object.assign(trial.deployment, { sites });
    expect(await trial.run()).toMatchObject({ ok: true });
  });
});
