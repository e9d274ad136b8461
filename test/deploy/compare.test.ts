import { readdirSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Comparison } from '../../shared/compare/comparison';
import { anHour, deployed, erased, startSite, type TestSite } from './support/site';
import { kanilink } from './support/kanilink';
import { value } from '../support/results';

// What two practice servers hold, told from their backups: rounds that succeed do not prove it.
describe('kanilink compare', () => {
  let site: TestSite;
  beforeEach(async () => {
    site = await startSite(2);
  });
  afterEach(async () => {
    await site?.close();
  });

  const database = (id: string) => join(site.fleet.machine(id).folder, 'var/lib/kanidm');
  /** What must not stay; `kanilink-backups` is the deploy's own and does. */
  const left = () =>
    ['idm-a', 'idm-b'].flatMap((id) =>
      readdirSync(site.fleet.machine(id).folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
        /\.kanilink|compare\.json/.test(path),
      ),
    );
  const compared = (out: string): readonly Comparison[] =>
    (JSON.parse(out) as { comparisons: Comparison[] }).comparisons;

  it('finds what a rollback to an older copy lost, though every round says Success', async () => {
    const engine = site.engine();
    const a = site.fleet.machine('idm-a');
    let text = await site.text();

    const before = await kanilink(engine, 'compare', text.path, '--json');
    expect(before.code).toBe(2);
    expect(compared(before.out)).toMatchObject([
      { result: 'differ', domain: null, differing: [], cause: expect.stringContaining('different domains') },
    ]);
    expect(compared(before.out)[0]?.cause).toMatch(
      /idm-a holds \d+ people, .* groups, last changed on \d{4}-\d\d-\d\d; idm-b holds \d+ p/,
    );

    const { end } = await deployed(engine, text, {
      erase: erased(value(await engine.plan(text, anHour()))),
    });
    expect(end, JSON.stringify(end.problems)).toMatchObject({ outcome: 'done' });
    const same = await kanilink(engine, 'compare', text.path);
    expect(same, same.out).toMatchObject({ code: 0 });
    expect(same.out).toMatch(/^✓ idm-a ~ idm-b {2}idm-a and idm-b hold the same \d+ entries\.$/);

    await a.stopKanidmd();
    await copyFile(join(database('idm-a'), 'kanidm.db'), join(database('idm-a'), 'copy.db'));
    await a.startKanidmd();
    await a.run(['practice', 'create-person', 'gerda']);
    await a.run(['practice', 'rename-person', 'amelie', 'Amelie the Second']);
    // On its way or already there: in neither case a difference.
    const travelling = await kanilink(engine, 'compare', text.path);
    expect(travelling, travelling.out).toMatchObject({ code: 0 });
    expect((await site.fleet.machine('idm-b').run(['practice', 'entries'])).stdout).toContain('"gerda"');

    await a.stopKanidmd();
    await copyFile(join(database('idm-a'), 'copy.db'), join(database('idm-a'), 'kanidm.db'));
    await a.startKanidmd();
    const status = value(await engine.status(text, { ...anHour(), wait: true }));
    expect(status.pulls.map((it) => it.health)).toEqual(['replicating', 'replicating']);

    const found = await kanilink(engine, 'compare', text.path, '--json');
    expect(found.code, found.out).toBe(2);
    expect(compared(found.out)).toMatchObject([
      {
        result: 'differ',
        differences: 2,
        differing: [
          { type: 'person', name: 'amelie', newer: 'idm-b', onlyOn: null, deletedOn: null },
          { type: 'person', name: 'gerda', newer: 'idm-b', onlyOn: 'idm-b' },
        ],
      },
    ]);
    expect(found.out).not.toContain('the Second');
    expect(left()).toEqual([]);

    const domain = status.servers[0]?.domainUuid ?? '';
    // Written by the deploy of the beginning.
    text = await site.text();
    expect(text.text).toContain(`domain_uuid = "${domain}"`);
    const [last] = value(await engine.lastComparisons(text));
    expect(last).toMatchObject({ result: 'differ', differences: 2, domain });
  });

  it('says why it cannot compare, and claims nothing', async () => {
    const engine = site.engine();
    const text = await site.text();
    await site.fleet.machine('idm-b').stopKanidmd();
    const called = await kanilink(engine, 'compare', text.path, '--json');
    expect(called.code).toBe(1);
    expect(compared(called.out)).toMatchObject([{ result: 'unknown', fault: { code: 'server-stopped' } }]);
    expect(left()).toEqual([]);
  });
});
