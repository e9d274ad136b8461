import { describe, expect, it } from 'vitest';
import type { Fault } from '../base/result';
import type { PullHealth } from '../kanidmd/health';
import { type Earlier, judgeRuv, type RuvLook, wentBack, withRuv } from './judge-ruv';
import { type KnownChanges, lostChanges, readKnownChanges } from './known-changes';

const NOW = 1_795_000_000;
const DAY = 86_400;
const BEFORE = '2026-11-18T03:00:00.000Z';
/** `known('a', { a: [-20, -10] })`: what server a knows, in seconds from now. */
const known = (
  own: string,
  changes: Readonly<Record<string, readonly number[]>>,
  domainUuid = 'd',
): KnownChanges => ({
  ...{ serverUuid: own, domainUuid, newest: { secs: NOW, nanos: 0 } },
  changes: new Map(
    Object.entries(changes).map(([id, list]) => [id, list.map((at) => ({ secs: NOW + at, nanos: 5 }))]),
  ),
});
const look = (server: string, value: KnownChanges | Fault): RuvLook => ({
  ...{ server, at: new Date(NOW * 1000).toISOString(), there: NOW * 1000 },
  read: 'code' in value ? { ok: false, error: value } : { ok: true, value },
});
const pulls = [
  { consumer: 'B', supplier: 'A' },
  { consumer: 'A', supplier: 'B' },
];
const judge = (
  a: KnownChanges | Fault,
  b: KnownChanges | Fault,
  before: Readonly<Record<string, KnownChanges>> = {},
  more: Partial<Earlier> = {},
) => {
  const looks = [look('A', a), look('B', b)];
  const known = new Map(Object.entries(before).map(([id, it]) => [id, { ...it, at: BEFORE }]));
  const lost = wentBack(looks, { known, lost: new Map(), refreshed: new Map(), ...more });
  return { ...judgeRuv(looks, pulls, lost), lost };
};
const states = (report: ReturnType<typeof judge>) => report.servers.map(({ state }) => state);
const fault: Fault = { code: 'x', message: 'It is stopped.', fix: 'Start it.', where: {} };

describe('how far a consumer is behind', () => {
  it('is what its supplier knows beyond the newest it knows, of every server', () => {
    const report = judge(known('a', { a: [-90, -30, -10], c: [-5] }), known('b', { a: [-90], b: [-40] }));
    expect(report.pulls).toMatchObject([
      { consumer: 'B', supplier: 'A', changes: 3, seconds: 30 },
      { consumer: 'A', supplier: 'B', changes: 1, seconds: 40 },
    ]);
    expect(states(report)).toEqual(['read', 'read']);
  });

  it('is nothing where both know the same, and unknown across domains or unread', () => {
    const same = { a: [-9], b: [-8] };
    expect(judge(known('a', same), known('b', same)).pulls[0]).toMatchObject({ changes: 0, seconds: 0 });
    expect(judge(known('a', same), known('b', same, 'other')).pulls[0]?.changes).toBeNull();
    const unread = judge(known('a', same), fault);
    expect(unread.pulls[0]?.changes).toBeNull();
    expect(unread.servers[1]).toMatchObject({ state: 'unknown', fix: 'Start it.' });
  });
});

describe('a server restored to an older copy', () => {
  it('lacks what its partner has of it, though it has written since', () => {
    const report = judge(known('a', { a: [-90, -2] }), known('b', { a: [-90, -60], b: [-50] }));
    expect(states(report)).toEqual(['went-back', 'read']);
    expect(report.servers[0]?.cause).toContain('a change that it made');
  });

  it('lacks what it knew itself, where nobody else does', () => {
    const now = known('a', { a: [-90, -2] });
    const alone = judge(now, fault, { A: known('a', { a: [-90, -60] }) });
    expect(states(alone)).toEqual(['went-back', 'unknown']);
    expect(alone.servers[0]?.cause).toContain(`Kanilink read it there at ${BEFORE}`);
    const witnessed = judge(now, known('b', { a: [-60] }), { A: known('a', { a: [-90, -60] }) });
    expect(witnessed.servers[0]?.cause).not.toContain('Kanilink read');
    // Its age is told as long as it stays so.
    expect(judge(now, fault, {}, { lost: alone.lost }).servers[0]?.cause).toContain(BEFORE);
    // A refresh makes another server of it.
    expect(states(judge(now, fault, { A: known('z', { z: [-60] }) }))).toEqual(['read', 'unknown']);
  });

  it('stays so while it, or who has what it lost, is silent', () => {
    const [old, witness] = [known('a', { a: [-90, -2] }), known('b', { a: [-90, -60] })];
    const { lost } = judge(old, witness);
    expect(states(judge(fault, witness, {}, { lost }))).toEqual(['went-back', 'read']);
    expect(states(judge(old, fault, {}, { lost }))).toEqual(['went-back', 'unknown']);
    expect(states(judge(fault, fault, {}, { lost }))).toEqual(['went-back', 'unknown']);
  });

  it('is so no more once it was refreshed, or all others hold what it holds', () => {
    const [old, witness] = [known('a', { a: [-90, -2] }), known('b', { a: [-90, -60] })];
    const { lost } = judge(old, witness);
    // A server that pulls from it took its database.
    expect(states(judge(old, known('c', { a: [-90, -2] }), {}, { lost }))).toEqual(['read', 'read']);
    const refreshed = (id: string, after: number) =>
      new Map([[id, new Date((NOW + after) * 1000).toISOString()]]);
    expect(states(judge(old, fault, {}, { lost, refreshed: refreshed('B', 60) }))).toEqual([
      'read',
      'unknown',
    ]);
    expect(states(judge(old, fault, {}, { lost, refreshed: refreshed('B', -60) }))[0]).toBe('went-back');
    // It is another server then, by its RUV or as far as its log shows.
    expect(states(judge(known('z', { a: [-90, -60] }), fault, {}, { lost }))).toEqual(['read', 'unknown']);
    const unread = judge(fault, witness, {}, { lost, refreshed: refreshed('A', 60) });
    expect(states(unread)).toEqual(['unknown', 'read']);
    // A refresh that is told is no proof: until it is read, nothing that pulls from it or to it is green.
    const green = pulls.map((it) => ({ ...it, health: 'replicating' }) as unknown as PullHealth);
    expect(withRuv(green, unread).map(({ health }) => health)).toEqual(['unknown', 'unknown']);
    expect(states(judge(fault, witness, {}, { lost: unread.lost }))).toEqual(['went-back', 'read']);
    // A server that has what it lost is read again, whatever was refreshed.
    expect(states(judge(old, witness, {}, { lost, refreshed: refreshed('B', 60) }))[0]).toBe('went-back');
  });

  it('is not one that forgets for their age, is in another domain, or is merely behind', () => {
    expect(lostChanges(known('a', { a: [-1] }), known('b', { a: [-7 * DAY - 60] }))).toEqual([]);
    expect(lostChanges(known('a', { a: [-1] }), known('b', { a: [-60] }, 'other'))).toEqual([]);
    expect(states(judge(known('a', { a: [-1] }), known('b', { b: [-60] })))).toEqual(['read', 'read']);
  });

  it('turns its pulls unknown, both ways, and no other', () => {
    const report = judge(known('a', { a: [-2] }), known('b', { a: [-60] }));
    const pull = (consumer: string, supplier: string, health: PullHealth['health']) =>
      ({ consumer, supplier, health, cause: '', fix: '' }) as unknown as PullHealth;
    const all = [pull('B', 'A', 'replicating'), pull('A', 'B', 'waiting'), pull('B', 'C', 'replicating')];
    const judged = withRuv([...all, pull('A', 'C', 'broken')], report);
    expect(judged.map(({ health }) => health)).toEqual(['unknown', 'unknown', 'replicating', 'broken']);
    expect(judged[0]?.cause).toMatch(/^A: It was restored to an older copy/);
    expect(withRuv(all, null)).toBe(all);
  });
});

it('a head of another form is not read', () => {
  const cid = { s: 'A', t: { secs: 2, nanos: 0 } };
  const head = {
    ...{ db_s_uuid: 'A', db_d_uuid: 'D', db_ts_max: { secs: 2, nanos: 0 } },
    repl_meta: { V1: { ruv: [cid, { ...cid, t: { secs: 1, nanos: 0 } }] } },
  };
  expect(
    readKnownChanges(head)
      ?.changes.get('A')
      ?.map(({ secs }) => secs),
  ).toEqual([1, 2]);
  expect(readKnownChanges({ ...head, repl_meta: { V2: {} } })).toBeNull();
  expect(readKnownChanges({ ...head, db_ts_max: -1 })).toBeNull();
});
