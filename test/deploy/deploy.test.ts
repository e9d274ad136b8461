import { readdirSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDeploys } from '../../electron/engine/deploy/journal/read-journal';
import { anHour, deployed, erased, startSite, type TestSite } from './support/site';
import { value } from '../support/results';

// The real engine on practice servers behind real SSH: what a deploy leaves on the servers and in its journal. What stops one
// is proved over servers in memory, beside electron/engine/deploy.
const locksIn = (folder: string) =>
  readdirSync(join(folder, 'run')).filter((name) => name.startsWith('kanilink'));

describe('a deploy', () => {
  let site: TestSite;
  beforeEach(async () => {
    site = await startSite(2);
  });
  afterEach(async () => {
    await site?.close();
  });

  const lockFiles = () => site.fleet.machines.flatMap((it) => locksIn(it.folder));

  it('keeps a journal, holds the locks meanwhile, gives them back, and can be put back by file', async () => {
    const engine = site.engine();
    const text = await site.text();
    const before = await site.files();
    const plan = value(await engine.plan(text, anHour()));
    let held = 0;
    const { end } = await deployed(engine, text, { erase: erased(plan) }, undefined, (event) => {
      if (event.kind === 'output') held = Math.max(held, lockFiles().length);
    });
    expect(end, JSON.stringify(end.problems)).toMatchObject({ outcome: 'done' });
    expect(held).toBe(2);
    expect(lockFiles()).toEqual([]);
    const { deploys } = await readDeploys(site.configDir);
    expect(deploys).toHaveLength(1);
    expect(deploys[0]).toMatchObject({ state: 'finished', outcome: 'done', torn: false });
    const history = value(await engine.pastDeploys(text));
    expect(history.interrupted).toBeNull();
    expect(history.deploys[0]?.steps.every((step) => step.state === 'done' && step.tookMs !== null)).toBe(
      true,
    );
    // A file that is newer than its process: a restart, and idm-b must have pulled again before it counts as done.
    await appendFile(site.fleet.machine('idm-a').config, '# by hand\n');
    const rolling = await deployed(engine, text);
    expect(rolling.end, JSON.stringify(rolling.end.problems)).toMatchObject({ outcome: 'done' });
    expect(rolling.events.filter((it) => it.kind === 'output').map((it) => it.text)).toContain(
      'Waiting until idm-b has pulled from idm-a again',
    );
    const first = history.deploys[0]?.files.find((it) => it.server === 'idm-a' && it.when === 'before');
    const job = {
      kind: 'put-back' as const,
      deploy: history.deploys[0]?.deploy ?? '',
      file: first?.file ?? '',
    };
    const compared = value(await engine.plan(text, { ...anHour(), job }));
    expect(compared.steps.map((step) => step.action)).toEqual(['put-back']);
    expect(compared.steps[0]?.diff).toContain('-[replication');
    const back = await deployed(engine, text, { job, fingerprint: compared.fingerprint });
    expect(back.end, JSON.stringify(back.end.problems)).toMatchObject({ outcome: 'done' });
    expect((await site.files())['idm-a']).toBe(before['idm-a']);
  });
});
