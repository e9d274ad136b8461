import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeServer, updateServer } from '../../shared/fleet/edit/edit-fleet';
import { addLink, turnLink } from '../../shared/fleet/edit/edit-links';
import type { Result } from '../../shared/base/result';
import { value } from '../support/results';
import { kanilink } from './support/kanilink';
import { anHour, startSite, type TestSite } from './support/site';

// The paths of docs/paths.md, one after the other on one practice fleet, by the command line and the edits they tell. It takes
// a minute or two, so only the long run goes them; that each plans what it should is tested in shared/plan/make/paths.test.ts.

describe('the life of a fleet', () => {
  let site: TestSite;
  beforeEach(async () => {
    // From 1.11.1 on a renewal shows within two seconds.
    site = await startSite(3, { version: '1.11.1' });
  });
  afterEach(async () => {
    await site?.close();
  });

  const database = (id: string, file: string) => join(site.fleet.machine(id).folder, 'var/lib/kanidm', file);

  it('two servers, a third, another name, a restored primary, a dead primary: only who is named is erased', async () => {
    const engine = site.engine();
    const { path, text: all } = await site.text();
    const edit = async (change: (text: string) => Result<string>) =>
      writeFile(path, value(change(await readFile(path, 'utf8'))));
    const run = async (...words: readonly string[]) => {
      const called = await kanilink(engine, ...words, '--json');
      const { result, steps } = JSON.parse(called.out) as {
        result: string;
        steps: { action: string; server: string; erases: string[] }[];
      };
      expect(result, `${called.out}\n${called.err}`).toBe('done');
      return { erased: [...new Set(steps.flatMap((step) => step.erases))], steps };
    };
    const healths = async () => {
      const status = value(await engine.status(await site.text(), { ...anHour(), wait: true }));
      return new Set(status.pulls.map((it) => `${it.consumer} ${it.health}`));
    };

    // Two servers that both hold data: whose goes is the link's direction, and is named.
    await edit((text) => removeServer(text, 'idm-c', { listRemoved: false }));
    const unnamed = await kanilink(engine, 'apply', path, '--yes', '--json');
    expect(JSON.parse(unnamed.out)).toMatchObject({
      result: 'refused',
      problems: [{ code: 'erase-not-named' }],
    });
    expect((await run('apply', path, '--yes', '--erase', 'idm-b')).erased).toEqual(['idm-b']);

    // A third one.
    const first = await readFile(path, 'utf8');
    const domain = /^domain_uuid.*\n/m.exec(first)?.[0] ?? '';
    expect(domain).not.toBe('');
    await writeFile(path, `${domain}${all}`);
    expect((await run('apply', path, '--yes', '--erase', 'idm-c')).erased).toEqual(['idm-c']);

    // Another name for it: its certificate is renewed, and its partner's table is another one.
    const old = site.fleet.machine('idm-c').origin;
    const renamed = old.replace('idm-c.', 'idm-c-new.');
    await edit((text) => updateServer(text, 'idm-c', { origin: renamed }));
    const { steps } = await run('apply', path, '--yes');
    expect(steps.map((it) => `${it.action} ${it.server}`)).toEqual(
      expect.arrayContaining(['renew-certificate idm-c', 'configure idm-b', 'verify idm-b', 'verify idm-c']),
    );
    expect((await site.files())['idm-b']).toContain(renamed);
    expect((await site.files())['idm-b']).not.toContain(`"${old}`);
    expect(await healths()).toEqual(new Set(['idm-a replicating', 'idm-b replicating', 'idm-c replicating']));

    // The primary is put back to an old copy: every round says Success, and the others have what it lacks.
    const a = site.fleet.machine('idm-a');
    await a.stopKanidmd();
    await copyFile(database('idm-a', 'kanidm.db'), database('idm-a', 'copy.db'));
    await a.startKanidmd();
    await a.run(['practice', 'create-person', 'gerda']);
    expect((await kanilink(engine, 'compare', path)).code).toBe(0);
    await a.stopKanidmd();
    await copyFile(database('idm-a', 'copy.db'), database('idm-a', 'kanidm.db'));
    await a.startKanidmd();
    expect((await kanilink(engine, 'compare', path)).code).toBe(2);
    await edit((text) => turnLink(text, { supplier: 'idm-a', consumer: 'idm-b' }));
    expect((await run('refresh', path, '--yes', '--erase', 'idm-a')).erased).toEqual(['idm-a']);
    expect((await a.run(['practice', 'entries'])).stdout).toContain('"gerda"');
    expect((await kanilink(engine, 'compare', path)).code).toBe(0);

    // The primary, now idm-b, dies: idm-a takes its place.
    await site.fleet.machine('idm-b').stopKanidmd();
    const plan = await kanilink(engine, 'plan', path);
    expect(plan.out).toContain('If it is gone for good, remove it from the fleet');
    await edit((text) => removeServer(text, 'idm-b', { listRemoved: true }));
    await edit((text) => addLink(text, { supplier: 'idm-a', consumer: 'idm-c' }));
    const replaced = await run('apply', path, '--yes');
    expect(replaced.erased).toEqual([]);
    expect(await healths()).toEqual(new Set(['idm-a replicating', 'idm-c replicating']));
    for (const id of ['idm-a', 'idm-c'] as const)
      expect((await site.files())[id]).not.toContain(site.fleet.machine('idm-b').origin);
    expect((await kanilink(engine, 'plan', path)).code).toBe(0);
  }, 240_000);
});
