import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeDeploys } from '../../../../test/support/fake-deploys';
import { isEffect } from '../../../../test/support/fake-effects';
import { readDeploys } from '../journal/read-journal';

/* What a deploy is refused for before anything is touched, and what stops it between two steps. */

let fleet: FakeDeploys;
beforeEach(async () => {
  fleet = await FakeDeploys.of(
    { 'idm-a': { domain: 'a', tables: null }, 'idm-b': { domain: 'b', tables: null } },
    [['idm-a', 'idm-b']],
  );
});
afterEach(() => fleet.close());

const effects = (): readonly string[] => fleet.servers.flatMap((it) => it.asked.filter(isEffect));
const somebodyHas = (id: string, since = fleet.clock.now()): void => {
  const owner = { who: 'robin', host: 'desk', deploy: 'another', since, token: 't' };
  fleet.server(id).lock = `${JSON.stringify(owner)}\n`;
};
const refused = async (code: string, ...args: Parameters<FakeDeploys['deploy']>): Promise<string> => {
  const end = await fleet.deploy(...args);
  expect(end).toMatchObject({ outcome: 'refused', problems: [{ code }] });
  expect(effects()).toEqual([]);
  return end.problems[0]?.message ?? '';
};

describe('before anything is touched', () => {
  it('a database that the operator did not name is not erased', () =>
    refused('erase-not-named', undefined, { erase: ['idm-a'] }));

  it('a plan that was not the reviewed one is not run', () =>
    refused('plan-changed', undefined, { fingerprint: 'f'.repeat(64) }));

  it('a server that somebody else locked keeps all of them', async () => {
    somebodyHas('idm-b');
    await refused('locked');
    expect(fleet.server('idm-a').lock).toBeNull();
    expect(fleet.server('idm-b').lock).toContain('robin');
  });

  it('a stale lock gives way only when it is asked to', async () => {
    somebodyHas('idm-b', fleet.clock.now() - 7_200_000);
    expect(await refused('lock-stale')).toContain('Locked 120 min ago by robin');
    expect(await fleet.deploy(undefined, { takeOver: true })).toMatchObject({ outcome: 'done' });
  });

  it('an interrupted deploy is resumed or rolled back first', async () => {
    await fleet.deploy(undefined, {}, (event) => {
      if (event.kind === 'started') fleet.kill();
    });
    fleet.revive();
    await refused('deploy-interrupted');
    expect(await fleet.deploy({ kind: 'resume' })).toMatchObject({ outcome: 'done' });
  });

  it('what a journal of its own says that cannot be read, nobody deploys over', async () => {
    await fleet.deploy(undefined, {}, (event) => {
      if (event.kind === 'started') fleet.kill();
    });
    fleet.revive();
    const [record] = (await readDeploys(fleet.configDir)).deploys;
    await appendFile(join(record?.folder ?? '', 'journal.jsonl'), 'nonsense\nmore\n{"kind":"begin"}\n');
    const end = await fleet.deploy();
    expect(end.outcome).toBe('refused');
    expect(effects()).toEqual([]);
  });
});

describe('between two steps', () => {
  it('a file that somebody changed stops it, and stays', async () => {
    let changed = false;
    const end = await fleet.deploy(undefined, {}, (event) => {
      if (changed || event.kind !== 'step' || event.state !== 'done') return;
      changed = true;
      for (const { files, configPath } of fleet.servers)
        files.put(configPath, `# by robin\n${files.text(configPath) ?? ''}`);
    });
    expect(end).toMatchObject({ outcome: 'failed', problems: [{ code: 'file-changed' }] });
    expect(Object.values(fleet.files()).every((it) => it?.startsWith('# by robin'))).toBe(true);
    expect(fleet.servers.map(({ lock }) => lock)).toEqual([null, null]);
  });

  it('a lock that somebody took over stops it, and stays theirs', async () => {
    let taken = false;
    const end = await fleet.deploy(undefined, {}, (event) => {
      if (taken || event.kind !== 'step' || event.state !== 'done') return;
      taken = true;
      for (const { id } of fleet.servers) somebodyHas(id);
    });
    expect(end).toMatchObject({ outcome: 'failed', problems: [{ code: 'lock-lost' }] });
    expect(fleet.servers.every(({ lock }) => lock?.includes('robin'))).toBe(true);
    expect(effects().filter((it) => it.startsWith('replaceFile'))).toHaveLength(1);
  });

  it('a cancel finishes the step that has begun, says so, and leaves no lock', async () => {
    const stop = new AbortController();
    const said: unknown[] = [];
    const end = await fleet.deploy(
      undefined,
      {},
      (event) => {
        said.push(event);
        if (event.kind === 'output' && event.text.startsWith('Restarting')) stop.abort();
      },
      stop.signal,
    );
    expect(end.outcome).toBe('cancelled');
    expect(said).toContainEqual(expect.objectContaining({ kind: 'cancelling', afterStep: true }));
    expect(effects()).toEqual([expect.stringContaining('replaceFile'), 'restart']);
    expect(fleet.servers.map(({ lock }) => lock)).toEqual([null, null]);
    expect(await fleet.deploy()).toMatchObject({ outcome: 'done' });
  });

  it('a server that does not come back gets its previous file, and no other is touched', async () => {
    const before = fleet.files();
    for (const server of fleet.servers)
      server.breaks = (config) => (config.includes('[replication]') ? 'Could not bind' : null);
    const end = await fleet.deploy();
    expect(end.outcome).toBe('rolled-back');
    expect(fleet.files()).toEqual(before);
    expect(fleet.servers.map(({ state }) => state)).toEqual(['running', 'running']);
    expect(fleet.servers.filter((it) => it.asked.includes('restart'))).toHaveLength(1);
  });
});
