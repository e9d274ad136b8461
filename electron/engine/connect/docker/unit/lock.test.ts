import { expect, it } from 'vitest';
import { fail, ok } from '../../../../../shared/base/result';
import type { Container } from '../api/container';
import { lockContainer } from './lock';

const signal = new AbortController().signal;
const call = { signal, timeoutMs: 10_000 };
const owner = (deploy: string) => ({ who: 'ada', host: 'desk', deploy, since: 5 });
const ID = 'a'.repeat(64);

/** An engine that knows the names of containers, and gives each to one only. */
function engine() {
  const names = new Map<string, { readonly Id: string; readonly Labels: Readonly<Record<string, string>> }>();
  let made = 0;
  const api = {
    where: { server: 'idm-a', endpoint: 'memory' },
    json: async ({ method, path, query, body, expected }: never) => {
      if (path === '/info') return ok({ SystemTime: new Date().toISOString() });
      if (method === 'POST') {
        const { name } = query as { name: string };
        if (names.has(name)) return fail((expected as Expected)({ statusCode: 409, message: '' }));
        names.set(name, {
          Id: `lock-${++made}`,
          Labels: (body as { Labels: Record<string, string> }).Labels,
        });
        return ok({ Id: `lock-${made}` });
      }
      const held = names.get((path as string).split('/')[2] ?? '');
      if (held === undefined) return fail((expected as Expected)({ statusCode: 404, message: '' }));
      return ok({ Id: held.Id, Created: new Date().toISOString(), Config: { Labels: held.Labels } });
    },
    done: async ({ path }: never) => {
      for (const [name, { Id }] of names) if ((path as string).endsWith(`/${Id}`)) names.delete(name);
      return ok(undefined);
    },
  };
  const named = (name: string): Container =>
    ({ api, inspect: async () => ok({ Id: ID, Name: `/${name}`, Image: 'x' }) }) as unknown as Container;
  return { names, named };
}
type Expected = (answer: { statusCode: number; message: string }) => never;

it('a container that was given another name stays locked, and nothing is left of who came second', async () => {
  const { names, named } = engine();
  const lock = await lockContainer(named('old'), owner('one'), false, signal);
  if (!lock.ok) throw new Error(lock.error.message);
  const both = ['kanilink-lock-old', `kanilink-lock-${ID}`];
  expect([...names.keys()]).toEqual(both);
  expect(await lockContainer(named('new'), owner('two'), false, signal)).toMatchObject({
    error: { code: 'locked' },
  });
  expect([...names.keys()]).toEqual(both);
  expect(await lock.value.check(call)).toMatchObject({ ok: true });
  expect(await lock.value.release(call)).toMatchObject({ ok: true });
  expect(names.size).toBe(0);
});

it('one that an older Kanilink locked, by its name alone, is locked', async () => {
  const { names, named } = engine();
  names.set('kanilink-lock-idm', { Id: 'older', Labels: { 'org.kanilink.lock.deploy': 'one' } });
  expect(await lockContainer(named('idm'), owner('two'), false, signal)).toMatchObject({
    error: { code: 'locked' },
  });
  expect([...names.keys()]).toEqual(['kanilink-lock-idm']);
  const back = await lockContainer(named('idm'), owner('one'), 'own', signal);
  expect(back.ok && (await back.value.check(call))).toMatchObject({ ok: true });
  expect(names.size).toBe(2);
});
