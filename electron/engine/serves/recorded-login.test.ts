import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ok } from '../../../shared/base/result';
import { opId } from '../../../shared/answers/answers';
import { readLine } from '../../../shared/kanidmd/log-line';
import type { Answered, Asked, Secured } from './https';
import { logIn, takes } from './login';

const folder = new URL('../../../test/recorded/kanidmd-1.11.1/', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, folder), 'utf8');
const call = { signal: new AbortController().signal, timeoutMs: 1_000 };

/** An answer as it was recorded; its secrets are taken out, so a token stands for one. */
function answered(name: string): Answered {
  const [head = '', ...body] = read(`answer-login-${name}.http`).split('\n\n');
  const [first = '', ...lines] = head.split('\n');
  const headers = Object.fromEntries(lines.map((line) => line.split(/: (.*)/, 2) as [string, string]));
  const text = body.join('\n\n').replace('"success":"…"', '"success":"a.b.c"');
  return { code: Number(first.split(' ')[1]), headers: { ...headers, 'set-cookie': [] }, text };
}

/** A server that answers as recorded, one after the other. */
function server(...names: readonly string[]): Secured & { readonly asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    ...{ asked, certificate: new Uint8Array(), sha256: '', refused: null, untrusted: null },
    ask: (one) => {
      asked.push(one);
      return Promise.resolve(ok(answered(names[asked.length - 1] ?? '')));
    },
    close: () => undefined,
  };
}

describe('the answers of a real kanidmd 1.11.1', () => {
  it('to the three steps make a session, each step naming the login of the one before', async () => {
    const real = server('init', 'begin', 'cred');
    const { outcome, session } = await logIn(real, call);
    expect([outcome, session]).toEqual([{ kind: 'session' }, { token: 'a.b.c' }]);
    expect(real.asked.map(({ headers }) => Object.values(headers ?? {}))).toEqual([[], ['…'], ['…']]);
  });

  it('to anonymous that may not log in say why, and prove nothing', async () => {
    expect((await logIn(server('denied'), call)).outcome).toEqual({
      kind: 'refused',
      why: 'account expired',
    });
  });

  it.each([
    ['valid', 200],
    ['strange', 401],
  ])('to a session that is %s is %i', async (name, code) => {
    const answer = await takes(server(name), { token: 'a.b.c' }, call);
    expect(answer.ok && answer.value.code).toBe(code);
  });

  it('carry the ids that head their lines in the log, in the same order', () => {
    const names = ['init', 'begin', 'cred', 'valid', 'strange', 'denied'];
    const ids = names.map((name) => answered(name).headers['x-kanidm-opid']);
    expect(ids.every((id) => opId.safeParse(id).success)).toBe(true);
    const lines = read('log-login.log').trimEnd().split('\n').map(readLine);
    expect([...new Set(lines.map((line) => line?.span))]).toEqual(ids);
    const heads = lines.flatMap((line) =>
      line?.head?.name === 'request' ? [line.head.keys.get('uri')] : [],
    );
    expect(heads).toEqual(names.map((name) => (/valid|strange/.test(name) ? '/v1/auth/valid' : '/v1/auth')));
  });
});
