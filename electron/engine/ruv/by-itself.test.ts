import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { headOf } from '../../../test/support/backup-head';
import { fakeFleet } from '../../../test/support/fake-fleet';
import { DATABASE } from '../../../test/support/fake-replication';
import { RUV_LARGEST, RUV_LARGEST_STARTED } from '../../../shared/ruv/by-itself';
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
async function firstLook(
  { fleet, clock }: Pick<ReturnType<typeof pair>, 'fleet' | 'clock'>,
  enough: (report: RuvReport) => boolean = () => true,
  meanwhile: (engine: ReturnType<typeof createEngine>, report: RuvReport) => unknown = () => undefined,
): Promise<RuvReport | null> {
  const engine = engineOf({ fleet, clock });
  const end = new AbortController();
  let told: RuvReport | null = null;
  for await (const { ruv } of engine.watch(fleet.text, end.signal, 0)) {
    told = ruv ?? null;
    if (told === null) continue;
    if (enough(told)) end.abort();
    else await meanwhile(engine, told);
  }
  await engine.close();
  return told;
}
const engineOf = ({ fleet, clock }: Pick<ReturnType<typeof pair>, 'fleet' | 'clock'>) =>
  createEngine({
    ...{ home: configDir, env: {}, configDir, log: () => undefined, practiceProgram: [], clock },
    prompter: { acceptHostKey: async () => false, secret: async () => null },
    open: fleet.open,
  });
const statesOf = (report: RuvReport | null) => report?.servers.map(({ state }) => state);
const looksAt = (server: { readonly asked: readonly string[] }): number =>
  server.asked.filter((it) => it === 'kanidmd scripting backup').length;

it('a watch reads small databases of which nobody said anything, and says why it leaves out a large one', async () => {
  const { a, b, ...rest } = pair();
  a.backupHead = () => headOf('a', { a: [10] });
  b.files.put(DATABASE, '', { size: RUV_LARGEST + 1 });
  const report = await firstLook(rest);
  expect(statesOf(report)).toEqual(['read', 'unknown']);
  expect(report?.servers[1]?.cause).toContain(
    'one of more than 32 MB is read after a start of it or a partner, once in 6 hours, or when somebody asks',
  );
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

describe('a database that is too large to be read unasked', () => {
  const rowOf = (report: RuvReport | null | undefined, id: string) =>
    report?.servers.find(({ server }) => server === id);
  it('is left out with why, and once it has started its rounds prove nothing until somebody reads it', async () => {
    const { b, a, wait, ...rest } = pair();
    a.backupHead = () => headOf('a', { a: [10] });
    b.backupHead = () => headOf('b', { a: [10], b: [20] });
    b.files.put(DATABASE, '', { size: RUV_LARGEST_STARTED + 1 });
    let met: string[] = [];
    const after = await firstLook(
      rest,
      (it) => rowOf(it, 'idm-b')?.restarted === true,
      (_, it) => {
        const row = rowOf(it, 'idm-b');
        if (row?.code === 'ruv-too-large' && met.length === 0) {
          met = [row.state, String(row.restarted)];
          wait(60_000);
          b.stop();
          b.start();
        }
      },
    );
    expect(met).toEqual(['unknown', 'undefined']);
    expect(rowOf(after, 'idm-b')?.cause).toContain('an older copy of its database was put there before');
    expect(rowOf(after, 'idm-a')?.restarted).toBeUndefined();
    expect([looksAt(a), looksAt(b)]).toEqual([1, 0]);
    // Somebody reads it, the next watch trusts it, and not after a start between two watches.
    wait(60_000);
    const engine = engineOf(rest);
    const call = { signal: new AbortController().signal, timeoutMs: 60_000, wait: false };
    const before = await engine.status(rest.fleet.text, call);
    expect(before.ok && rowOf(before.value.ruv, 'idm-b')).toMatchObject({ restarted: true });
    const read = await engine.status(rest.fleet.text, { ...call, ruv: true });
    expect(read.ok && rowOf(read.value.ruv, 'idm-b')).toMatchObject({ state: 'read' });
    await engine.close();
    wait(20 * 60_000);
    expect(
      rowOf(await firstLook(rest, (it) => rowOf(it, 'idm-b')?.code !== undefined), 'idm-b'),
    ).not.toMatchObject({
      restarted: true,
    });
    b.stop();
    b.start();
    wait(60_000);
    const told = rowOf(await firstLook(rest), 'idm-b');
    expect(told).toMatchObject({ state: 'unknown', restarted: true, code: 'ruv-too-large' });
  });

  it('is read once after its start where that holds nobody up for long, and is not doubted meanwhile', async () => {
    const { b, a, wait, ...rest } = pair();
    a.backupHead = () => headOf('a', { a: [10] });
    b.backupHead = () => headOf('b', { a: [10], b: [20] });
    b.files.put(DATABASE, '', { size: RUV_LARGEST + 1 });
    const doubted: unknown[] = [];
    let isAnother = false;
    const after = await firstLook(
      rest,
      (it) => rowOf(it, 'idm-b')?.state === 'read',
      (_, it) => {
        const row = rowOf(it, 'idm-b');
        doubted.push(row?.restarted);
        if (row?.code !== 'ruv-large' || isAnother) return;
        isAnother = true;
        b.stop();
        b.start();
        wait(16 * 60_000);
      },
    );
    expect(isAnother).toBe(true);
    expect(doubted.every((it) => it === undefined)).toBe(true);
    expect(rowOf(after, 'idm-b')).toMatchObject({ state: 'read' });
    expect(looksAt(b)).toBe(1);
  });
});
