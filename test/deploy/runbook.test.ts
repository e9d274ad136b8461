import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { value } from '../support/results';
import { kanilink } from './support/kanilink';
import { blocksOf, runBlocks } from './support/runbook';
import { anHour, startSite, type TestSite } from './support/site';

// The runbook of a plan, done by hand: its blocks are pasted into a bash, which reaches practice servers by the real ssh.
describe('a runbook', () => {
  let site: TestSite;
  let desk: string;
  beforeEach(async () => {
    site = await startSite(2);
    desk = await mkdtemp(join(tmpdir(), 'kl-desk-'));
  });
  afterEach(async () => {
    await site?.close();
    await rm(desk, { recursive: true, force: true });
  });

  it('pairs two fresh servers with a refresh, and its last chapter restores what the refresh erased', async () => {
    const engine = site.engine();
    const text = await site.text();
    const file = join(desk, 'runbook.md');
    const called = await kanilink(engine, 'plan', text.path, '--runbook', file);
    expect(called, called.out).toMatchObject({ code: 2 });
    const markdown = await readFile(file, 'utf8');
    expect(markdown).toContain('**The whole database of idm-b**');
    expect(markdown).toContain('Nothing is merged');
    const before = await site.files();
    const data = await site.data();

    const done = await runBlocks(blocksOf(markdown, 'bash'), desk);
    expect(done.failed, done.said).toBe(false);
    expect(done.said).toContain('proved: the refresh of idm-b from idm-a');
    expect(done.said).toContain('proved: idm-b and idm-a hold the same data');
    const status = value(await engine.status(text, { ...anHour(), wait: true }));
    expect(status.pulls.map((it) => it.health)).toEqual(['replicating', 'replicating']);
    // Everything is as Kanilink would have left it: nothing is left to do, and nothing lies about.
    expect(value(await engine.plan(text, anHour())).steps).toEqual([]);
    for (const machine of site.fleet.machines)
      expect(
        readdirSync(machine.folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
          /kanilink-runbook|kanilink-new|compare-/.test(path),
        ),
      ).toEqual([]);
    expect((await site.data())['idm-b']?.people).toEqual(data['idm-a']?.people);

    const restore = blocksOf(markdown, 'bash if-needed').find((it) => it.includes('restore_idm_b')) ?? '';
    const [setUp = ''] = blocksOf(markdown, 'bash');
    const back = await runBlocks([setUp, restore], desk);
    expect(back.failed, back.said).toBe(false);
    expect((await site.data())['idm-b']).toEqual(data['idm-b']);
    expect((await site.files())['idm-b']).toBe(before['idm-b']);

    // What the file holds now is not what the runbook was made from: it stops before anything is written.
    const again = await runBlocks(blocksOf(markdown, 'bash'), desk);
    expect(again.failed).toBe(true);
    expect(again.said).toContain('STOP. ');
    const twice = await kanilink(engine, 'plan', text.path, '--runbook', file);
    expect(twice.code).toBe(1);
    expect(await readFile(file, 'utf8')).toBe(markdown);
  });

  it('stops before a file that somebody changed', async () => {
    const engine = site.engine();
    const text = await site.text();
    const markdown = value(await engine.runbook(text, { ...anHour(), fingerprint: null }));
    const a = site.fleet.machine('idm-a');
    await writeFile(a.config, `${await readFile(a.config, 'utf8')}# by somebody else\n`);
    const before = await site.files();
    const done = await runBlocks(blocksOf(markdown, 'bash'), desk);
    expect(done.failed).toBe(true);
    expect(done.said).toContain('Make a new runbook');
    expect(await site.files()).toEqual(before);
  });
});
