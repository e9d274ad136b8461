import { readdirSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../electron/engine/api/engine';
import type { StatusReport } from '../../shared/observed/status';
import { ruvByItself } from '../../shared/ruv/by-itself';
import { anHour, deployed, startSite, type TestSite } from '../deploy/support/site';
import { value } from '../support/results';

// What rounds cannot tell, the heads of backups do: how far a consumer is behind, and who was restored to an older copy.
let site: TestSite;
let engine: Engine;

beforeAll(async () => {
  site = await startSite(2);
  engine = site.engine();
  const { end } = await deployed(engine, await site.text(), { erase: ['idm-b'] });
  expect(end.outcome).toBe('done');
});
afterAll(() => site?.close());

const database = (id: string): string => join(site.fleet.machine(id).folder, 'var/lib/kanidm');
const files = (): string[] =>
  ['idm-a', 'idm-b'].flatMap((id) => readdirSync(database(id)).map((name) => `${id}/${name}`)).sort();
const look = async (): Promise<StatusReport> =>
  value(await engine.status(await site.text(), { ...anHour(), wait: true, ruv: true }));
const states = ({ pulls, ruv }: StatusReport) => ({
  pulls: pulls.map(({ health }) => health),
  ruv: ruv?.servers.map(({ state }) => state),
});

it('are read on a deployed pair without a file being made, and not when nobody asks', async () => {
  const before = files();
  const report = await look();
  expect(states(report)).toEqual({ pulls: ['replicating', 'replicating'], ruv: ['read', 'read'] });
  for (const pull of report.ruv?.pulls ?? []) expect(pull.changes).not.toBeNull();
  expect(report.ruv?.pulls).toHaveLength(2);
  const [from, to] = [Date.now() - 3_600_000, Date.now()];
  const stretch = { from, to, columns: 10 };
  const kept = value(await engine.history(await site.text(), stretch, new AbortController().signal));
  expect(kept.trouble).toBeNull();
  expect(kept.pulls.map(({ columns }) => columns.map(({ lagChanges }) => lagChanges))).toEqual(
    (report.ruv?.pulls ?? []).map(({ changes }) => [changes]),
  );
  expect(files()).toEqual(before);
  expect(value(await engine.status(await site.text(), { ...anHour(), wait: true })).ruv).toBeUndefined();
});

it('tell the server that was restored to an older copy, while every round succeeds', async () => {
  const a = site.fleet.machine('idm-a');
  const [kept, live] = [join(database('idm-a'), 'copy.db'), join(database('idm-a'), 'kanidm.db')];
  await a.stopKanidmd();
  await copyFile(live, kept);
  await a.startKanidmd();
  await a.run(['practice', 'create-person', 'gerda']);
  await expect
    .poll(async () => (await site.fleet.machine('idm-b').run(['practice', 'entries'])).stdout, {
      timeout: 60_000,
    })
    .toContain('"gerda"');
  await a.stopKanidmd();
  await copyFile(kept, live);
  await a.startKanidmd();

  const plain = value(await engine.status(await site.text(), { ...anHour(), wait: true }));
  expect(states(plain).pulls).toEqual(['replicating', 'replicating']);
  const report = await look();
  expect(states(report)).toEqual({ pulls: ['unknown', 'unknown'], ruv: ['went-back', 'read'] });
  expect(report.pulls[0]?.cause).toContain('idm-a: It was restored to an older copy');

  const stop = new AbortController();
  for await (const seen of engine.watch(await site.text(), stop.signal, 0, { everyMs: 1_000, largest: null }))
    if (seen.pulls.length === 2 && seen.ruv?.servers.some(({ state }) => state === 'went-back')) {
      expect(states(seen).pulls).toEqual(['unknown', 'unknown']);
      stop.abort();
    }
  expect(stop.signal.aborted).toBe(true);
});

it('are remembered by whoever starts next, until a look proves the opposite', async () => {
  const plain = async (by: Engine) =>
    states(value(await by.status(await site.text(), { ...anHour(), wait: true })));
  const named = { pulls: ['unknown', 'unknown'], ruv: ['went-back'] };
  expect(await plain(engine)).toEqual(named);
  const next = site.engine();
  expect(await plain(next)).toEqual(named);
  const stop = new AbortController();
  for await (const seen of next.watch(await site.text(), stop.signal, 0, ruvByItself(0))) {
    expect(seen.ruv?.servers.map(({ state }) => state)).toEqual(['went-back']);
    for (const { health } of seen.pulls) expect(health).not.toBe('replicating');
    if (seen.pulls.length === 2) stop.abort();
  }
});

it('are well again once a refresh has chosen whose data wins', async () => {
  const { end } = await deployed(engine, await site.text(), {
    job: { kind: 'refresh', servers: ['idm-b'] },
    erase: ['idm-b'],
  });
  expect(end, JSON.stringify(end.problems)).toMatchObject({ outcome: 'done' });
  const plain = async () =>
    states(value(await engine.status(await site.text(), { ...anHour(), wait: true })));
  expect(await plain()).toEqual({ pulls: ['unknown', 'unknown'], ruv: ['went-back'] });
  expect(states(await look())).toEqual({ pulls: ['replicating', 'replicating'], ruv: ['read', 'read'] });
  expect(await plain()).toEqual({ pulls: ['replicating', 'replicating'], ruv: undefined });
});

it('never write a key into the trace', async () => {
  const text = value(
    await engine.diagnose(await site.text(), { withoutAddresses: false, problems: [] }, anHour()),
  );
  expect(text).toContain('kanidmdHead scripting backup');
  expect(text).not.toMatch(/keyhandles|repl_meta|PRIVATE KEY/);
});
