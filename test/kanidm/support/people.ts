import { request } from 'node:https';
import { HTTPS_PORT, type RealServer } from './server';

/** An answer of a server's HTTPS. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** Asks a server's HTTPS port by its address; its certificate is the test's own. */
export function http(
  { ip, host }: Pick<RealServer, 'ip' | 'host'>,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      ...{
        host: ip,
        port: HTTPS_PORT,
        servername: host,
        path,
        method,
        rejectUnauthorized: false,
        agent: false,
      },
      ...{ timeout: 20_000, headers: { 'content-type': 'application/json', ...headers } },
    } as const;
    const asked = request(options, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }),
      );
    });
    asked.on('error', reject).on('timeout', () => asked.destroy(new Error(`${host}: no answer in 20 s`)));
    asked.end(body === undefined ? '' : JSON.stringify(body));
  });
}

type Account = 'idm_admin' | 'admin';

/** Gives an administrator, of people or of the system, a new password, as `kanidmd recover-account` prints it. */
export async function recover(server: RealServer, account: Account = 'idm_admin'): Promise<string> {
  const said = await server.kanidmd('recover-account', account);
  const password = /(?:new_)?password"?: *"([^"]+)"/.exec(said)?.[1];
  if (password === undefined) throw new Error(`no password of ${account}:\n${said}`);
  return password;
}

/** Logs in at a server. @returns a token, or null where the password is not this server's. */
export async function logIn(
  server: RealServer,
  password: string,
  username: Account = 'idm_admin',
): Promise<string | null> {
  const step = async (body: unknown, headers = {}) => http(server, 'POST', '/v1/auth', body, headers);
  const init = await step({ step: { init2: { username, issue: 'token', privileged: true } } });
  const id = init.headers['x-kanidm-auth-session-id'];
  if (init.status !== 200 || typeof id !== 'string')
    throw new Error(`no login at ${server.host}: ${init.status} ${init.body}`);
  const session = {
    'x-kanidm-auth-session-id': id,
    cookie: [init.headers['set-cookie'] ?? []].flat().join('; '),
  };
  await step({ step: { begin: 'password' } }, session);
  const done = await step({ step: { cred: { password } } }, session);
  return /"success":"([^"]+)"/.exec(done.body)?.[1] ?? null;
}

/** What shows a session. */
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Makes a person there. */
export async function makePerson(server: RealServer, token: string, name: string): Promise<void> {
  const attrs = { name: [name], displayname: [name] };
  const answer = await http(server, 'POST', '/v1/person', { attrs }, bearer(token));
  if (answer.status !== 200) throw new Error(`${name} was not made: ${answer.status} ${answer.body}`);
}

/** Whether the server knows a person; false also where it does not accept the token. */
export async function knows(server: RealServer, token: string, name: string): Promise<boolean> {
  const answer = await http(server, 'GET', `/v1/person/${name}`, undefined, bearer(token));
  return answer.status === 200 && answer.body.includes(name);
}

/** Ends, or gives back, what anonymous may do: whether it may log in at all. */
export async function allowAnonymous(server: RealServer, token: string, allow: boolean): Promise<void> {
  const path = '/v1/service_account/anonymous/_attr/account_expire';
  const answer = allow
    ? await http(server, 'DELETE', path, undefined, bearer(token))
    : await http(server, 'PUT', path, ['1970-01-01T00:00:00+00:00'], bearer(token));
  if (answer.status !== 200) throw new Error(`anonymous was not changed: ${answer.status} ${answer.body}`);
}

/** The server signs sessions with another key of its domain from now on, as `kanidm system domain` has it. */
export async function rotateKey(server: RealServer): Promise<void> {
  const token = await logIn(server, await recover(server, 'admin'), 'admin');
  const path = '/v1/domain/_attr/key_action_rotate';
  const answer = await http(server, 'PUT', path, [new Date().toISOString()], bearer(token ?? ''));
  if (answer.status !== 200) throw new Error(`no key was rotated: ${answer.status} ${answer.body}`);
}
