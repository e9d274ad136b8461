import { expect, it } from 'vitest';
import type { StepTrial } from './step-trial';

const CONFIG = '/etc/kanidm/server.toml';

/**
 * What holds for every step that writes a server.toml: it does so over the very file that was reviewed, or not at all.
 * @param of a step on idm-a
 */
export function writesOverReviewedFileAlone(of: () => StepTrial): void {
  const text = (): string => of().server('idm-a').files.text(CONFIG) ?? '';
  const changed = async (): Promise<void> => {
    expect((await of().fails()).fault).toMatchObject({
      code: 'file-changed',
      where: { server: 'idm-a', file: CONFIG },
    });
    expect(of().allEffects()).toEqual([]);
  };

  it('is not put over a file that somebody has changed since it was reviewed, and that one is named', async () => {
    of().edit('idm-a', (it) => `${it}# robin\n`);
    await changed();
    expect(text()).toContain('# robin');
  });

  it('is not put over another file than the plan shows, though this deploy wrote that one', async () => {
    of().edit('idm-a', (it) => `${it}# by an earlier step\n`);
    const now = of().server('idm-a').files.read(CONFIG, 100_000);
    if (!now.ok) throw new Error('it is there');
    of().knows('idm-a', { sha256: now.value.sha256, text: text() });
    await changed();
  });

  it('is not put where the file that is there cannot be read', async () => {
    of().whenAsked(/idm-a readFile/, { lost: 'before' });
    expect((await of().fails()).fault).toMatchObject({
      code: 'connection-lost',
      where: { server: 'idm-a' },
    });
    expect(of().allEffects()).toEqual([]);
  });
}
