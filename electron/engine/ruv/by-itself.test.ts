import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { headOf } from '../../../test/support/backup-head';
import { fakeFleet } from '../../../test/support/fake-fleet';
import { DATABASE } from '../../../test/support/fake-replication';
import { RUV_LARGEST } from '../../../shared/ruv/by-itself';
import type { RuvReport } from '../../../shared/ruv/ruv';
import { type Clock, systemClock } from '../base/time';
import { createEngine } from '../create-engine';

let configDir: string;
beforeEach(async () => {
  configDir = await mkdtemp(join(tmpdir(), 'kl-ruv-'));
});
afterEach(() => rm(configDir, { recursive: true }));

/** A pair whose databases are there, and which goes by a clock that can be set forward. */
function pair() {
  let later = 0;
  const clock: Clock = {
    ...systemClock,
    now: () => systemClock.now() + later,
    monotonic: () => systemClock.monotonic() + later,
  };
  const fleet = fakeFleet({ 'idm-a': [], 'idm-b': [] }, [['idm-a', 'idm-b']], undefined, { clock });
  for (const server of fleet.servers) server.files.put(DATABASE, 'a database');
  const [a, b] = fleet.servers;
  if (a === undefined || b === undefined) throw new Error('no pair');
  return { fleet, a, b, clock, wait: (ms: number) => (later += ms) };
}

/** Watches by an engine of its own until a report about RUVs. */
async function firstLook({
  fleet,
  clock,
}: Pick<ReturnType<typeof pair>, 'fleet' | 'clock'>): Promise<RuvReport | null> {
  const engine = createEngine({
    ...{ home: configDir, env: {}, configDir, log: () => undefined, practiceProgram: [], clock },
    prompter: { acceptHostKey: async () => false, secret: async () => null },
    open: fleet.open,
  });
  const end = new AbortController();
  let told: RuvReport | null = null;
  for await (const { ruv } of engine.watch(fleet.text, end.signal, 0)) {
    told = ruv ?? null;
    if (told !== null) end.abort();
  }
  await engine.close();
  return told;
}
const statesOf = (report: RuvReport | null) => report?.servers.map(({ state }) => state);
const looksAt = (server: { readonly asked: readonly string[] }): number =>
  server.asked.filter((it) => it === 'kanidmd scripting backup').length;

it('a watch reads small databases of which nobody said anything, and says why it leaves out a large one', async () => {
  const { a, b, ...rest } = pair();
  a.backupHead = () => headOf('a', { a: [10] });
  b.files.put(DATABASE, 'x'.repeat(RUV_LARGEST + 1));
  const report = await firstLook(rest);
  expect(statesOf(report)).toEqual(['read', 'unknown']);
  expect(report?.servers[1]?.cause).toContain('one of more than 32 MB is not read unless somebody asks');
  expect([looksAt(a), looksAt(b)]).toEqual([1, 0]);
});

it('an older copy that was put there while nobody watched, and whose changes no partner has, is named by the next watch', async () => {
  const { a, b, wait, ...rest } = pair();
  a.backupHead = () => headOf('a', { a: [10, 20, 30] });
  b.backupHead = () => headOf('b', { a: [10], b: [10] });
  expect(statesOf(await firstLook(rest))).toEqual(['read', 'read']);
  a.backupHead = () => headOf('a', { a: [10, 20] });
  wait(16 * 60_000);
  const next = await firstLook(rest);
  expect(statesOf(next)).toEqual(['went-back', 'read']);
  expect(next?.servers[0]?.cause).toMatch(/Kanilink read it there at \d{4}-/);
});
