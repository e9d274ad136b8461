import { expect, it } from 'vitest';
import { fail, ok, type Result } from '../../../../shared/base/result';
import { type HeldLock, lockAll } from './lock-all';

const signal = new AbortController().signal;
const taken = (code: string) => fail({ code, message: '', fix: '', where: {} });

/** Names of which each is had by one at a time. */
function named() {
  const holders = new Map<string, string>();
  const take =
    (who: string) =>
    (name: string): Promise<Result<HeldLock>> => {
      if (holders.has(name)) return Promise.resolve(taken('locked'));
      holders.set(name, who);
      const mine = (): boolean => holders.get(name) === who;
      return Promise.resolve(
        ok({
          check: async () => (mine() ? ok(undefined) : taken('lock-lost')),
          release: async () => {
            if (mine()) holders.delete(name);
            return ok(undefined);
          },
        }),
      );
    };
  return { holders, take };
}

it('two who know a thing by different names meet at one of them, and the second leaves nothing behind', async () => {
  const { holders, take } = named();
  const one = await lockAll(['old', 'id'], take('one'));
  expect(await lockAll(['new', 'id'], take('two'))).toMatchObject({ error: { code: 'locked' } });
  expect([...holders]).toEqual([
    ['old', 'one'],
    ['id', 'one'],
  ]);
  if (!one.ok) throw new Error('nobody else had it');
  expect(await one.value.check(signal)).toMatchObject({ ok: true });
  expect(await one.value.release(signal)).toMatchObject({ ok: true });
  expect(holders.size).toBe(0);
});

it('it is lost with any of its names, and what is still held is given back all the same', async () => {
  const { holders, take } = named();
  const lock = await lockAll(['name', 'id'], take('one'));
  if (!lock.ok) throw new Error('nobody else had it');
  holders.set('id', 'two');
  expect(await lock.value.check(signal)).toMatchObject({ error: { code: 'lock-lost' } });
  await lock.value.release(signal);
  expect([...holders]).toEqual([['id', 'two']]);
});

it('what cannot be given back is told, after the rest was', async () => {
  const released: string[] = [];
  const lock = await lockAll(['a', 'b', 'c'], async (name) =>
    ok({
      check: async () => ok(undefined),
      release: async () => {
        released.push(name);
        return name === 'b' ? taken('connection-lost') : ok(undefined);
      },
    }),
  );
  expect(lock.ok && (await lock.value.release(signal))).toMatchObject({ error: { code: 'connection-lost' } });
  expect(released).toEqual(['c', 'b', 'a']);
});
