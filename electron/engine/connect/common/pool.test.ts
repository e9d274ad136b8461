import { describe, expect, it } from 'vitest';
import { fail, ok, type Result } from '../../../../shared/base/result';
import type { Call } from '../../base/call';
import { ConnectionPool, type Open, type Pooled } from './pool';

class Fake implements Pooled {
  private readonly over = new AbortController();
  get ended(): AbortSignal {
    return this.over.signal;
  }
  close(): Promise<void> {
    this.over.abort();
    return Promise.resolve();
  }
}
const fault = (code: string) => fail({ code, message: code, fix: '', where: {} });
const call = (timeoutMs = 5_000, signal = new AbortController().signal): Call => ({ signal, timeoutMs });
const where = { server: 'idm-a', endpoint: 'ssh://idm-a' };
const code = (result: Result<unknown>) => (result.ok ? 'ok' : result.error.code);

/** An opener that waits to be told. */
function opener() {
  const openings: { finish: (result: Result<Fake>) => void; signal: AbortSignal }[] = [];
  const open: Open<Fake> = (signal) => new Promise((finish) => openings.push({ finish, signal }));
  return { openings, open };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the pool of connections', () => {
  it('opens one connection for calls at once, and keeps it for those after', async () => {
    const pool = new ConnectionPool<Fake>(0);
    const { openings, open } = opener();
    const lease = pool.lease('a', open);
    const other = pool.lease('a', open);
    const both = [lease.use(call(), where), other.use(call(), where)];
    await turn();
    expect(openings).toHaveLength(1);
    const connection = new Fake();
    openings[0]?.finish(ok(connection));
    for (const result of await Promise.all(both)) expect(result).toEqual(ok(connection));
    expect(await lease.use(call(), where)).toEqual(ok(connection));
    expect(openings).toHaveLength(1);
  });

  it('cancels what somebody asks of a share that was given back meanwhile', async () => {
    const { openings, open } = opener();
    const lease = new ConnectionPool<Fake>(0).lease('a', open);
    await lease.release();
    expect(code(await lease.use(call(), where))).toBe('cancelled');
    expect(openings).toHaveLength(0);
  });

  it('opens anew after a loss and after a failure', async () => {
    const pool = new ConnectionPool<Fake>(0);
    const connections: Fake[] = [];
    let fails = true;
    const lease = pool.lease('a', async () => {
      if (fails) return fault('connection-refused');
      connections.push(new Fake());
      return ok(connections.at(-1) ?? new Fake());
    });
    expect(code(await lease.use(call(), where))).toBe('connection-refused');
    fails = false;
    expect(code(await lease.use(call(), where))).toBe('ok');
    await connections[0]?.close();
    expect(await lease.use(call(), where)).toEqual(ok(connections[1]));
    expect(connections).toHaveLength(2);
  });

  it('one caller who leaves does not take the opening from the other; the last one does', async () => {
    const pool = new ConnectionPool<Fake>(0);
    const { openings, open } = opener();
    const lease = pool.lease('a', open);
    const first = new AbortController();
    const second = new AbortController();
    const calls = [first, second].map(({ signal }) => lease.use(call(5_000, signal), where));
    await turn();
    first.abort();
    expect(code((await calls[0]) ?? fault('none'))).toBe('cancelled');
    expect(openings[0]?.signal.aborted).toBe(false);
    second.abort();
    expect(code((await calls[1]) ?? fault('none'))).toBe('cancelled');
    expect(openings[0]?.signal.aborted).toBe(true);
  });

  it('an opening nobody waits for any more is closed when it comes after all', async () => {
    const pool = new ConnectionPool<Fake>(0);
    const { openings, open } = opener();
    const lease = pool.lease('a', open);
    const late = lease.use(call(20), where);
    expect(code(await late)).toBe('timed-out');
    const connection = new Fake();
    openings[0]?.finish(ok(connection));
    await turn();
    expect(connection.ended.aborted).toBe(true);
  });

  it('counts no time while a person is asked', async () => {
    const pool = new ConnectionPool<Fake>(0);
    let answer = (): void => undefined;
    const lease = pool.lease('a', async (_signal, asking) => {
      await asking(() => new Promise<void>((resolve) => (answer = resolve)));
      return ok(new Fake());
    });
    const waiting = lease.use(call(50), where);
    setTimeout(() => answer(), 200);
    expect(code(await waiting)).toBe('ok');
  });

  it('closes with the last holder, and not before', async () => {
    const pool = new ConnectionPool<Fake>(0);
    const connection = new Fake();
    const one = pool.lease('a', async () => ok(connection));
    const two = pool.lease('a', async () => ok(connection));
    await one.use(call(), where);
    await one.release();
    await one.release();
    expect(connection.ended.aborted).toBe(false);
    await two.release();
    expect(connection.ended.aborted).toBe(true);
  });

  it('keeps an idle connection for the next holder, for a while', async () => {
    const pool = new ConnectionPool<Fake>(60_000);
    const connection = new Fake();
    const one = pool.lease('a', async () => ok(connection));
    await one.use(call(), where);
    await one.release();
    const two = pool.lease('a', async () => fault('not needed'));
    expect(await two.use(call(), where)).toEqual(ok(connection));
    await pool.close();
    expect(connection.ended.aborted).toBe(true);
  });
});
