import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fail, ok } from '../../../shared/base/result';
import type { ReadChanges } from '../../../shared/ruv/known-changes';
import { VirtualClock } from '../../../test/support/virtual-clock';
import { systemClock } from '../base/time';
import { loadDriver } from './driver';
import type { Entry, Stretch } from './entries';
import { HistoryStore, type HistoryStoreOptions } from './history-store';
import { memoryOf } from './keeping';
import { beginAfter, historyFolder } from './place';
import { inOwnFolder } from '../../../test/support/own-folder';

const MINUTE = 60_000;
const PATH = '/srv/fleet.toml';
let configDir: string;
const open: HistoryStore[] = [];
inOwnFolder('history', (made) => (configDir = made));
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
});

/** A clock that stands at `now` and runs forward by six seconds with every look: everything told is written at once. */
function clockAt(now: number): HistoryStoreOptions['clock'] {
  let monotonic = 0;
  return { ...systemClock, now: () => now, monotonic: () => (monotonic += 6000) };
}
const T = Date.parse('2026-11-29T03:00:00Z');

function store(options: Partial<HistoryStoreOptions> = {}): { store: HistoryStore; said: string[] } {
  const said: string[] = [];
  const made = new HistoryStore({ configDir, clock: clockAt(T), log: (line) => said.push(line), ...options });
  open.push(made);
  return { store: made, said };
}

const pull = { fleet: PATH, consumer: 'idm-b', supplier: 'idm-a' };
const round = (at: number, more: object = {}): Entry => ({
  ...{ kind: 'round', subject: pull, at, wrote: at + 4000, tookMs: 12, good: true, refresh: false },
  ...more,
});
const fleet = (at: number): Entry => ({
  kind: 'fleet',
  glance: { path: PATH, name: 'Home', at, pulls: { replicating: 1 }, down: 0, servers: 2 },
});
const stretch = (since: number, until: number, word = 'replicating'): Stretch => ({
  ...{ subject: pull, since, until, word, cause: 'why', row: null },
});
const hour = { path: PATH, from: T - 60 * MINUTE, to: T, columns: 60 };
const value = async (it: HistoryStore, asked = hour) => {
  const read = await it.read(asked);
  if (!read.ok) throw new Error(read.error.message);
  return read.value;
};

describe('the history', () => {
  it('outlives its process, and is this user’s own', async () => {
    const first = store().store;
    first.add([fleet(T), round(T - 5 * MINUTE), { kind: 'seen', stretch: stretch(T - 6 * MINUTE, T) }]);
    await first.close();
    const read = await value(store().store);
    expect(read.trouble).toBeNull();
    expect(read.pulls).toMatchObject([
      {
        consumer: 'idm-b',
        columns: Array.from({ length: 6 }, (_, n) => ({ n: 54 + n, health: 'replicating' })),
        seen: [{ health: 'replicating' }],
      },
    ]);
    expect(statSync(join(configDir, 'history')).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(join(configDir, 'history')))
      expect(statSync(join(configDir, 'history', name)).mode & 0o777).toBe(0o600);
  });

  it('tells a round once, whoever saw it: two processes read a server’s clock a little apart', async () => {
    const [a, b] = [store().store, store().store];
    a.add([fleet(T), round(T - MINUTE)]);
    await a.glances();
    b.add([fleet(T), round(T - MINUTE + 7, { wrote: T - MINUTE + 4000 })]);
    await b.glances();
    expect((await value(a)).pulls[0]?.columns).toMatchObject([{ rounds: 1 }]);
  });

  it('tells an event once, whoever noticed it, and twice what happened twice', async () => {
    const it = store().store;
    const event = (at: number, watch: string, to = 'broken'): Entry => ({
      ...{ kind: 'event', fleet: PATH, watch },
      event: {
        ...{ format: 1, at, kind: 'pull-health', consumer: 'idm-b', supplier: 'idm-a', drawn: true },
        ...{ from: 'replicating', to: to as 'broken', cause: `seen by ${watch}`, fix: '', lastSuccess: null },
      },
    });
    it.add([fleet(T), event(T - 9000, 'a'), event(T - 8000, 'a', 'waiting'), event(T - 7000, 'a')]);
    await it.glances();
    it.add([event(T - 8900, 'b'), event(T - 6900, 'b'), event(T - 60 * MINUTE, 'b')]);
    expect((await value(it)).events).toMatchObject([
      { at: T - 60 * MINUTE, cause: 'seen by b' },
      { at: T - 9000, cause: 'seen by a' },
      { at: T - 8000, to: 'waiting' },
      { at: T - 7000, cause: 'seen by a' },
    ]);
  });

  it('lets a stretch grow in its row', async () => {
    const it = store().store;
    const one = stretch(T - 9 * MINUTE, T - 9 * MINUTE);
    for (const until of [T - 8 * MINUTE, T - 7 * MINUTE]) {
      one.until = until;
      it.add([fleet(T), { kind: 'seen', stretch: one }]);
      await it.glances();
    }
    expect((await value(it)).pulls[0]?.seen).toMatchObject([{ from: T - 9 * MINUTE, to: T - 7 * MINUTE }]);
  });

  it('keeps no more days than the person wants, and no more bytes', async () => {
    const it = store().store;
    const lag = {
      kind: 'lag',
      subject: pull,
      at: T - 80 * 24 * 60 * MINUTE,
      changes: 1,
      seconds: 1,
    } as const;
    it.add([lag]);
    const many = Array.from({ length: 40_000 }, (_, n) => round(T - n * MINUTE));
    for (let n = 0; n < many.length; n += 4000) {
      it.add([fleet(T), ...many.slice(n, n + 4000)]);
      await it.glances();
    }
    await it.setBound({ days: 20, megabytes: 200 });
    for (let n = 0; n < 40; n += 1) await value(it);
    expect((await value(it)).oldest).toBeGreaterThanOrEqual(T - 20 * 24 * 60 * MINUTE);
    await it.setBound({ days: 90, megabytes: 1 });
    for (let n = 0; n < 40; n += 1) await value(it);
    const read = await value(it);
    expect(read.bound).toEqual({ days: 90, megabytes: 1 });
    expect(read.bytes).toBeLessThan(1_100_000);
    expect(read.pulls[0]?.columns.length).toBeGreaterThan(50);
  }, 60_000);

  it('remembers who was restored to an older copy until it is over, and then again', async () => {
    const it = store().store;
    const lost = (at: number): Entry => ({
      ...{ kind: 'lost', fleet: PATH, server: 'idm-a' },
      lost: {
        ...{ serverUuid: 'a', domainUuid: 'd', at: new Date(at).toISOString(), refreshed: false },
        moments: [{ secs: at / 1000, nanos: 7 }],
      },
    });
    const over: Entry = { kind: 'over', fleet: PATH, server: 'idm-a', at: T };
    expect((await it.ruvRecalled(PATH))?.lost.size).toBe(0);
    it.add([lost(T - 9000)]);
    it.add([lost(T - 8000), { ...over, server: 'idm-b' }]);
    await it.close();
    const next = store().store;
    const kept = (await next.ruvRecalled(PATH))?.lost;
    expect([...(kept ?? [])]).toMatchObject([['idm-a', { moments: [{ secs: T / 1000 - 8, nanos: 7 }] }]]);
    expect((await next.ruvRecalled('/srv/other.toml'))?.lost.size).toBe(0);
    next.add([over]);
    expect((await next.ruvRecalled(PATH))?.lost.size).toBe(0);
    next.add([lost(T)]);
    expect((await next.ruvRecalled(PATH))?.lost.size).toBe(1);
    const load = () => Promise.resolve(fail({ code: 'x', message: '', fix: '', where: {} }));
    expect(await store({ load }).store.ruvRecalled(PATH)).toBeNull();
  });

  it('keeps what was proved of logins beside health, the gravest of several watches, and no longer than all else', async () => {
    const it = store().store;
    const server = { ...pull, consumer: 'idm-a', supplier: '' };
    const logins = (since: number, until: number, word: string, more: object = {}): Entry => ({
      kind: 'seen',
      stretch: { ...stretch(since, until, word), what: 'logins', ...more },
    });
    it.add([
      fleet(T),
      { kind: 'seen', stretch: stretch(T - 9000, T) },
      logins(T - 9000, T - 5000, 'good'),
      logins(T - 7000, T, 'broken'),
      logins(T - 9000, T, 'of another version'),
      logins(T - 9000, T, 'serves', { subject: server }),
    ]);
    await it.close();
    const next = store().store;
    const { pulls, servers } = await value(next);
    expect(pulls[0]?.seen).toMatchObject([{ from: T - 9000, health: 'replicating' }]);
    expect(pulls[0]?.logins).toMatchObject([
      { from: T - 9000, to: T - 7000, state: 'good' },
      { from: T - 7000, to: T, state: 'broken', cause: 'why' },
    ]);
    expect(servers).toMatchObject([{ id: 'idm-a', serves: [{ state: 'serves', from: T - 9000, to: T }] }]);
    await next.close();
    const later = store({ clock: clockAt(T + 91 * 86_400_000) }).store;
    later.add([fleet(T + 91 * 86_400_000)]);
    expect((await value(later, hour)).pulls.flatMap(({ logins }) => logins)).toEqual([]);
  });

  it('remembers what each server had made itself when it was read last, and why it refused', async () => {
    const it = store().store;
    expect(await it.ruvBefore(PATH)).toMatchObject({ lookedAt: null });
    const moment = (secs: number) => ({ secs, nanos: 5 });
    const read: ReadChanges = {
      ...{ serverUuid: 'a', domainUuid: 'd', at: new Date(T - 9000).toISOString(), newest: moment(9) },
      changes: new Map([
        ['a', [moment(1), moment(2)]],
        ['b', [moment(3)]],
      ]),
    };
    const refused = { code: 'sudo-refused', message: 'No.', fix: 'Allow it.', where: { server: 'idm-b' } };
    const memory = memoryOf(PATH, it, new VirtualClock());
    const nothing = { lost: new Map(), leftOut: new Map(), report: { servers: [], pulls: [] } };
    memory.keep(
      { ...nothing, known: new Map([['idm-a', read]]), refused: new Map([['idm-b', refused]]) },
      [],
    );
    await it.close();
    const next = store().store;
    const kept = await next.ruvBefore(PATH);
    expect([...(kept?.known ?? [])]).toEqual([
      ['idm-a', { ...read, changes: new Map([['a', [moment(1), moment(2)]]]) }],
    ]);
    expect([...(kept?.refused ?? [])]).toEqual([['idm-b', refused]]);
    expect((await next.ruvRecalled(PATH))?.lookedAt).toBe(kept?.lookedAt);
    expect((await next.ruvBefore('/srv/other.toml'))?.known.size).toBe(0);
    // Whoever refuses now is still known; whoever was read refuses no more.
    const again = memoryOf(PATH, next, new VirtualClock());
    again.keep({ ...nothing, known: new Map([['idm-b', read]]), refused: new Map([['idm-a', refused]]) }, []);
    const then = await next.ruvBefore(PATH);
    expect([...(then?.known.keys() ?? [])].sort()).toEqual(['idm-a', 'idm-b']);
    expect([...(then?.refused.keys() ?? [])]).toEqual(['idm-a']);
    // A look that begins takes nothing of it away.
    again.began(['idm-a', 'idm-c']);
    const begun = await next.ruvBefore(PATH);
    expect([begun?.known.size, [...(begun?.refused.keys() ?? [])]]).toEqual([2, ['idm-a']]);
  });

  it('lists fleets as their last watch left them', async () => {
    const it = store().store;
    it.add([fleet(T - MINUTE)]);
    await it.glances();
    it.add([fleet(T - 9 * MINUTE)]);
    expect(await it.glances()).toEqual([
      { path: PATH, name: 'Home', at: T - MINUTE, pulls: { replicating: 1 }, down: 0, servers: 2 },
    ]);
  });

  it('keeps what was seen of a fleet of which a server never answered', async () => {
    const it = store().store;
    it.add([{ kind: 'seen', stretch: stretch(T - 9 * MINUTE, T - 8 * MINUTE) }]);
    for (let n = 0; n < 12; n += 1) await it.glances();
    expect((await value(it)).pulls).toMatchObject([{ seen: [{ health: 'replicating' }] }]);
  });

  it('is not kept from a later watch by one that a wrong clock dated', async () => {
    const it = store().store;
    it.add([fleet(T + 365 * 24 * 60 * MINUTE)]);
    await it.glances();
    it.add([fleet(T)]);
    expect((await it.glances()).map(({ at }) => at)).toEqual([T]);
  });
});

describe('a history that cannot be kept as it was', () => {
  const folder = () => historyFolder(configDir);
  const file = () => join(folder(), 'history-1.sqlite');
  const begun = async (): Promise<void> => {
    const first = store().store;
    first.add([fleet(T), ...Array.from({ length: 3000 }, (_, n) => round(T - n * 1000))]);
    await first.close();
  };

  it.each([
    ['that is not SQLite’s', () => writeFileSync(file(), randomBytes(50_000))],
    ['that was cut', () => truncateSync(file(), 9000)],
  ])('with a file %s says so, keeps it, and goes on in a new one', async (_, damage) => {
    await begun();
    damage();
    const { store: it, said } = store();
    it.add([fleet(T), round(T - MINUTE)]);
    const read = await value(it);
    expect(read.trouble).toMatchObject({ code: 'history-damaged' });
    expect(read.pulls[0]?.columns).toMatchObject([{ rounds: 1 }]);
    expect(read.trouble?.where.file).toBe(file());
    expect(said.join()).toContain('damaged');
    expect(readdirSync(folder())).toEqual(expect.arrayContaining(['history-1.sqlite', 'history-2.sqlite']));
    // Whoever opens it next is told, too, until the old file is gone.
    expect((await value(store().store)).trouble).toMatchObject({ code: 'history-damaged' });
    rmSync(file());
    expect((await value(store().store)).trouble).toBeNull();
  });

  it('after which another process has begun a new one is left, and nothing of the new one is lost', async () => {
    await begun();
    const [a, b] = [store().store, store().store];
    await value(a);
    await value(b);
    beginAfter(folder(), file());
    a.add([fleet(T), round(T - MINUTE)]);
    await value(a);
    b.add([fleet(T), round(T - 2 * MINUTE)]);
    await value(b);
    await b.close();
    expect((await value(a)).pulls[0]?.columns).toHaveLength(2);
  });

  it('on a full disk is written once there is room, and says so until then', async () => {
    const driver = await loadDriver();
    if (!driver.ok) throw new Error('no driver');
    let pages = 20;
    const load: HistoryStoreOptions['load'] = () =>
      Promise.resolve(
        ok((path: string) => {
          const database = driver.value(path);
          database.exec(`PRAGMA max_page_count = ${pages}`);
          return database;
        }),
      );
    const it = store({ load }).store;
    it.add([fleet(T), ...Array.from({ length: 3000 }, (_, n) => round(T - n * 1000))]);
    expect((await value(it)).trouble).toMatchObject({ code: 'history-not-kept' });
    pages = 100_000;
    for (let n = 0; n < 6; n += 1) await value(it);
    const read = await value(it);
    expect(read.trouble).toBeNull();
    expect(read.pulls[0]?.columns.reduce((sum, { rounds }) => sum + rounds, 0)).toBe(3000);
  });

  it.runIf(process.platform !== 'win32').each([
    ['may be written by others', () => (mkdirSync(folder()), chmodSync(folder(), 0o777))],
    ['is a link', () => (mkdirSync(join(configDir, 'x')), symlinkSync(join(configDir, 'x'), folder()))],
    [
      'holds a link in its place',
      () => (mkdirSync(folder(), { mode: 0o700 }), symlinkSync(join(configDir, 'y'), file())),
    ],
  ])('whose folder %s is not used', async (_, before) => {
    before();
    const it = store().store;
    it.add([fleet(T), round(T - MINUTE)]);
    expect((await value(it)).trouble).toMatchObject({ code: 'history-foreign' });
    expect(existsSync(join(configDir, 'y'))).toBe(false);
  });

  it.each([1, 2, 3, 4, 5, 6])(
    'of layout %i is brought to the newest, with all that it held',
    async (layout) => {
      await begun();
      const driver = await loadDriver();
      if (!driver.ok) throw new Error('no driver');
      const database = driver.value(file());
      if (layout < 2) database.exec('DROP TABLE event');
      if (layout < 3) database.exec('DROP TABLE lag');
      if (layout < 4) database.exec('DROP TABLE lost');
      if (layout < 5) database.exec('DROP TABLE ruv');
      if (layout === 5) {
        const known = JSON.stringify({ at: new Date(T - 9000).toISOString() });
        database.exec(
          `ALTER TABLE ruv DROP COLUMN read;
         INSERT INTO ruv (fleet, server, at, known) SELECT id, 'idm-a', ${T}, '${known}' FROM fleet`,
        );
      }
      database.exec(`DROP TABLE served; PRAGMA user_version = ${layout}`);
      database.close();
      const it = store().store;
      it.add([{ kind: 'lag', subject: pull, at: T - 30_000, changes: 2, seconds: 9 }]);
      const read = await value(it);
      expect(read.trouble).toBeNull();
      expect(read.pulls[0]?.columns.reduce((sum, { rounds }) => sum + rounds, 0)).toBe(3000);
      expect(read.pulls[0]?.columns.at(-1)).toMatchObject({ lagChanges: 2, lagSeconds: 9 });
      // When a RUV was read has a column of its own since layout 6.
      if (layout === 5)
        expect([...((await it.ruvRecalled(PATH))?.readAt ?? [])]).toEqual([['idm-a', T - 9000]]);
    },
  );

  it('of a newer Kanilink is not touched', async () => {
    await begun();
    const driver = await loadDriver();
    if (!driver.ok) throw new Error('no driver');
    const database = driver.value(file());
    database.exec('PRAGMA user_version = 999');
    database.close();
    const it = store().store;
    it.add([fleet(T), round(T - MINUTE)]);
    expect((await value(it)).trouble).toMatchObject({ code: 'history-too-new' });
    expect(readdirSync(folder()).filter((name) => name.includes('damaged'))).toEqual([]);
  });

  it('without a driver is said, and nothing else is missing', async () => {
    const fault = { code: 'history-without-driver', message: '', fix: '', where: {} };
    const it = store({ load: () => Promise.resolve(fail(fault)) }).store;
    it.add([fleet(T)]);
    expect(await it.glances()).toEqual([]);
    expect((await value(it)).trouble).toEqual(fault);
  });
});

/** Writes rounds as fast as it can until it is killed; prints each batch that is on the disk. */
const WRITER = `
const { DatabaseSync } = require('@photostructure/sqlite');
const [, file, name] = process.argv;
const database = new DatabaseSync(file, { timeout: 5000 });
database.exec('PRAGMA synchronous = NORMAL');
const subject = database.prepare("SELECT id FROM subject LIMIT 1").get().id;
const insert = database.prepare('INSERT INTO round (subject, at, wrote, took, good, refresh) VALUES (?, ?, ?, 1, 1, 0)');
let at = Number(name);
for (;;) {
  database.exec('BEGIN IMMEDIATE');
  for (let n = 0; n < 100; n += 1) insert.run(subject, (at += 2), at);
  database.exec('COMMIT');
  process.stdout.write('x');
}`;

it('loses nothing that was written when processes that write at once are killed', async () => {
  const first = store().store;
  first.add([fleet(T), { kind: 'seen', stretch: stretch(T, T) }]);
  await first.close();
  const file = join(historyFolder(configDir), 'history-1.sqlite');
  const writers = [0, 1].map((odd) => {
    const child = spawn(process.execPath, ['-e', WRITER, file, String(1_000_000 + odd)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const told = { batches: 0 };
    child.stdout.on('data', (chunk: Buffer) => (told.batches += chunk.length));
    return { child, told, gone: new Promise((resolve) => child.once('exit', resolve)) };
  });
  while (writers.some(({ told }) => told.batches < 20))
    await new Promise((resolve) => setTimeout(resolve, 20));
  for (const { child } of writers) child.kill('SIGKILL');
  await Promise.all(writers.map(({ gone }) => gone));
  const driver = await loadDriver();
  if (!driver.ok) throw new Error('no driver');
  const database = driver.value(file);
  expect(database.prepare('PRAGMA integrity_check').get()).toMatchObject({ integrity_check: 'ok' });
  for (const [odd, { told }] of writers.entries()) {
    const row = database.prepare('SELECT count(*) AS n FROM round WHERE at % 2 = ?').get(odd);
    expect(Number(row?.['n']) % 100).toBe(0);
    expect(Number(row?.['n'])).toBeGreaterThanOrEqual(told.batches * 100);
  }
  database.close();
}, 60_000);
