import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LockOwner, ServerConnection } from '../../electron/engine/connect/connection';
import { type PracticeFleet, startPracticeFleet } from '../../practice/host/fleet';
import { bundleKanidmd } from '../../practice/kanidmd/conformance/bundle';
import { value } from '../support/results';
import { openPractice } from './open-practice';
import { call } from './sshd';

const HOUR = 3_600_000;

// The tools that make the lock (mkdir, mv, cat) are the system's own; the practice machine only keeps them in its folder.
describe.each([{ sudo: false }, { sudo: true }])('the lock of a server, sudo: $sudo', ({ sudo }) => {
  let program: string;
  let home: string;
  let fleet: PracticeFleet;
  let window: ServerConnection;
  let terminal: ServerConnection;
  let locks: string;

  beforeAll(async () => {
    program = await bundleKanidmd();
    home = await mkdtemp(join(tmpdir(), 'kanilink-home-'));
    fleet = await startPracticeFleet({ servers: 1, kanidmd: program });
    const machine = fleet.machine('idm-a');
    locks = join(machine.folder, 'run');
    // Two connections, as two programs would have.
    window = await openPractice(fleet, { sudo, home });
    terminal = await openPractice(fleet, { sudo, home });
  });
  afterAll(async () => {
    await window?.close();
    await terminal?.close();
    await fleet?.close();
    if (program) await rm(dirname(program), { recursive: true });
    if (home) await rm(home, { recursive: true });
  });

  const owner = (deploy: string, more: Partial<LockOwner> = {}): LockOwner => ({
    who: 'alex',
    host: 'laptop',
    deploy,
    since: Date.now(),
    ...more,
  });
  const remaining = () => readdirSync(locks).filter((name) => name.startsWith('kanilink'));
  const fresh = { ...call(), takeOver: false };
  const over = { ...call(), takeOver: true };

  it('is held by one, told to the other, and leaves nothing behind when it is given back', async () => {
    const lock = value(await window.lock(owner('one'), fresh));
    const other = await terminal.lock(owner('two', { who: 'robin' }), fresh);
    expect(other).toMatchObject({ ok: false, error: { code: 'locked', where: { server: 'idm-a' } } });
    if (!other.ok) expect(other.error.detail).toMatch(/who alex\nhost laptop\nsince .*\ndeploy one/);
    expect(value(await lock.check(call()))).toBeUndefined();
    value(await lock.release(call()));
    expect(remaining()).toEqual([]);
    value(await value(await terminal.lock(owner('two'), fresh)).release(call()));
  });

  it('is taken over when it is an hour old by the server’s clock and on request only', async () => {
    const left = value(await window.lock(owner('old', { since: Date.now() - HOUR - 60_000 }), fresh));
    const refused = await terminal.lock(owner('new'), fresh);
    expect(refused).toMatchObject({ ok: false, error: { code: 'lock-stale' } });
    if (!refused.ok) expect(refused.error.fix).toContain('--take-over');
    // A resume takes what its own deploy left, and nobody else's however old.
    expect(await terminal.lock(owner('new'), { ...call(), takeOver: 'own' })).toMatchObject({ ok: false });
    const taken = value(await terminal.lock(owner('new', { who: 'robin' }), over));
    expect(await left.check(call())).toMatchObject({ ok: false, error: { code: 'lock-lost' } });
    // Whoever lost it does not take it away from the new owner.
    value(await left.release(call()));
    value(await taken.check(call()));
    value(await taken.release(call()));
    expect(remaining()).toEqual([]);
  });

  it('is not taken over while it is fresh, but for the deploy that left it', async () => {
    const left = value(await window.lock(owner('same'), fresh));
    expect(await terminal.lock(owner('another'), over)).toMatchObject({
      ok: false,
      error: { code: 'locked' },
    });
    value(await left.check(call()));
    const again = value(await terminal.lock(owner('same'), { ...call(), takeOver: 'own' }));
    expect(await left.check(call())).toMatchObject({ ok: false, error: { code: 'lock-lost' } });
    value(await again.release(call()));
  });

  it('that somebody removed is lost', async () => {
    const lock = value(await window.lock(owner('one'), fresh));
    await rm(join(locks, 'kanilink-kanidmd.service'), { recursive: true });
    expect(await lock.check(call())).toMatchObject({ ok: false, error: { code: 'lock-lost' } });
    value(await lock.release(call()));
  });

  it('whose owner cannot be read is nobody’s to take', async () => {
    const lock = value(await window.lock(owner('one'), fresh));
    const file = join(locks, 'kanilink-kanidmd.service', 'owner');
    expect(readFileSync(file, 'utf8')).toContain('"deploy":"one"');
    writeFileSync(file, 'nonsense');
    expect(await terminal.lock(owner('two'), over)).toMatchObject({ ok: false, error: { code: 'locked' } });
    value(await lock.release(call()));
    expect(existsSync(file)).toBe(true);
    await rm(dirname(file), { recursive: true });
  });

  it('with a date that cannot be, or an owner longer than any, blocks nobody for ever and throws nothing', async () => {
    const place = join(locks, 'kanilink-kanidmd.service');
    for (const since of ['1e300', '-1e300', '1e15', '99999999999999', 'null', '0']) {
      mkdirSync(place);
      const text = `{"who":"x","host":"y","deploy":"old","token":"t","since":${since}}`;
      writeFileSync(join(place, 'owner'), text);
      const told = await terminal.lock(owner('new'), fresh);
      expect(told, since).toMatchObject({
        ok: false,
        error: { code: /null/.test(since) ? 'locked' : 'lock-stale' },
      });
      if (since === 'null') await rm(place, { recursive: true });
      else value(await value(await terminal.lock(owner('new'), over)).release(call()));
    }
    for (const hostile of ['fifo', 'huge', 'folder']) {
      mkdirSync(place);
      if (hostile === 'fifo') execFileSync('mkfifo', [join(place, 'owner')]);
      else if (hostile === 'huge') writeFileSync(join(place, 'owner'), 'x'.repeat(2_000_000));
      else mkdirSync(join(place, 'owner'));
      const told = await terminal.lock(owner('new'), { ...call(5_000), takeOver: false });
      // What is not a file is nobody's lock; what is one and says nothing is somebody's.
      if (hostile === 'huge') expect(told).toMatchObject({ ok: false, error: { code: 'locked' } });
      else value(await value(told).release(call()));
      await rm(place, { recursive: true, force: true });
    }
    expect(remaining()).toEqual([]);
  });

  it('goes to exactly one of many who ask at the same moment', async () => {
    for (let round = 0; round < 20; round++) {
      const asked = await Promise.all(
        Array.from({ length: 4 }, (_none, index) =>
          (index % 2 === 0 ? window : terminal).lock(owner(`${round}-${index}`), fresh),
        ),
      );
      const winners = asked.flatMap((it) => (it.ok ? [it.value] : []));
      expect(winners).toHaveLength(1);
      for (const it of asked) if (!it.ok) expect(it.error.code).toBe('locked');
      for (const winner of winners) value(await winner.release(call()));
    }
    expect(remaining()).toEqual([]);
  });
});
