import { expect } from 'vitest';
import { until } from './lab';
import { http } from './people';
import type { Recorder } from './recorder';
import type { RealServer } from './server';

/** What is asked of a server's HTTPS. */
type Asking = readonly [
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
];

/** The first step of a login as anonymous. */
export const INIT = { step: { init2: { username: 'anonymous', issue: 'token', privileged: false } } };
/** Shows a session. */
export const VALID = ['GET', '/v1/auth/valid', undefined] as const;
/** Asks HTTPS, and finds in a log what that left there. Answers are noted where they have a name, without their secrets. */
export const asking = (recorder: Recorder) => {
  const ids: string[] = [];
  const secrets: string[] = [];
  const asked = async (server: RealServer, name: string | null, ...[method, path, body, headers]: Asking) => {
    const answer = await http(server, method, path, body, headers ?? {});
    const session = answer.headers['x-kanidm-auth-session-id'];
    const token = /"success":"([^"]+)"/.exec(answer.body)?.[1];
    const kept = [answer.headers['set-cookie'] ?? []].flat().map((it) => it.split(/[=;]/)[1] ?? '');
    secrets.push(...[session ?? [], token ?? [], kept].flat().filter((it) => it.length > 8));
    ids.push(String(answer.headers['x-kanidm-opid']));
    if (name !== null) recorder.answer(name, answer, secrets);
    return { ...answer, session: { 'x-kanidm-auth-session-id': String(session) }, token: token ?? '' };
  };
  return {
    asked,
    /** Anonymous logs in. @param name of the answers' recordings. @returns the token */
    logIn: async (server: RealServer, name?: string): Promise<string> => {
      const called = (step: string): string | null => (name === undefined ? null : `${name}-${step}`);
      const first = await asked(server, called('init'), 'POST', '/v1/auth', INIT);
      const begin = { step: { begin: 'anonymous' } };
      const second = await asked(server, called('begin'), 'POST', '/v1/auth', begin, first.session);
      const cred = { step: { cred: 'anonymous' } };
      const { token } = await asked(server, called('cred'), 'POST', '/v1/auth', cred, second.session);
      expect(token).not.toBe('');
      return token;
    },
    told: async (server: RealServer, name: string): Promise<void> => {
      let lines: readonly string[] = [];
      await until(
        async () => {
          lines = await recorder.lines(name, server, ids);
          return ids.every((id) => lines.some((line) => line.startsWith(id)));
        },
        () => `not every request is in the log:\n${lines.join('\n')}`,
      );
      expect(secrets.filter((it) => lines.some((line) => line.includes(it)))).toEqual([]);
    },
  };
};
