import { writeFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Practice, type PracticeServer } from './practice-server';
import { recorded, sayings } from './recorded';

const VERSION = '1.11.1';

let practice: Practice;
beforeAll(async () => {
  practice = await Practice.open();
});
afterEach(() => practice.killAll());
afterAll(() => practice.close());

interface Answer {
  readonly code: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

function ask(
  { httpsPort: port }: PracticeServer,
  [method, path]: readonly ['GET' | 'POST', string],
  headers: Readonly<Record<string, string>>,
  body?: unknown,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const at = { host: '127.0.0.1', port, rejectUnauthorized: false, agent: false };
    const request = https.request({ ...at, method, path, headers }, (reply) => {
      let text = '';
      reply.setEncoding('utf8').on('data', (part: string) => (text += part));
      reply.on('end', () => resolve({ code: reply.statusCode ?? 0, headers: reply.headers, body: text }));
    });
    request.once('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** What an answer has in common with the recorded one: its code, the headers that logins need, its body without what differs. */
const shapeOf = (code: number, headers: readonly string[], body: string) => ({
  code,
  headers: headers.filter((name) => /^x-kanidm-(auth-session-id|opid)$/.test(name)).sort(),
  body: body
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
    .replace(/"success":"[^"]+"/, '"success":"TOKEN"'),
});
const recordedShape = (name: string) => {
  const [head = '', body = ''] = recorded(`answer-login-${name}.http`, VERSION).split('\n\n');
  const [first = '', ...headers] = head.split('\n');
  return shapeOf(
    Number(first.split(' ')[1]),
    headers.map((line) => line.split(':')[0] ?? ''),
    body,
  );
};

it('logs anonymous in, takes and refuses sessions, and denies anonymous, as recorded', async () => {
  const env: Record<string, string> = {};
  const server = await practice.server('idm-d', { version: VERSION, env });
  const knob = join(server.folder, 'logins');
  writeFileSync(knob, 'work');
  env['PRACTICE_LOGINS'] = `@${knob}`;
  await server.start();
  const mark = server.mark();
  const ids: string[] = [];
  const like = async (name: string, ...asked: Parameters<typeof ask>) => {
    const answer = await ask(...asked);
    ids.push(String(answer.headers['x-kanidm-opid']));
    expect(shapeOf(answer.code, Object.keys(answer.headers), answer.body), name).toEqual(recordedShape(name));
    return answer;
  };
  const auth = ['POST', '/v1/auth'] as const;
  const session = ({ headers }: Answer) => ({
    'x-kanidm-auth-session-id': String(headers['x-kanidm-auth-session-id']),
  });
  const init = { step: { init2: { username: 'anonymous', issue: 'token', privileged: false } } };
  const first = await like('init', server, auth, {}, init);
  const second = await like('begin', server, auth, session(first), { step: { begin: 'anonymous' } });
  const third = await like('cred', server, auth, session(second), { step: { cred: 'anonymous' } });
  const token = /"success":"([^"]+)"/.exec(third.body)?.[1] ?? '';
  const valid = ['GET', '/v1/auth/valid'] as const;
  await like('valid', server, valid, { authorization: `Bearer ${token}` });
  await like('strange', server, valid, { authorization: `Bearer ${token}x` });
  writeFileSync(knob, 'no-anonymous');
  await like('denied', server, auth, {}, init);
  await server.waitFor(/Denied/, mark);
  const mine = server
    .since(mark)
    .split('\n')
    .filter((line) => ids.some((id) => line.startsWith(id)));
  const shape = (log: string) =>
    sayings(log.replaceAll(/latency: \d+/g, 'latency: N').replaceAll(/anonymous@\S+/g, 'anonymous@DOMAIN'));
  expect(shape(mine.join('\n'))).toEqual(shape(recorded('log-login.log', VERSION)));
});
