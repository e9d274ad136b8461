import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { readLogins } from '../knobs';
import type { Context } from '../context';
import { Span } from '../span';

/** A request as it came. */
export interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** What is answered; `span` is printed under the request's uuid. */
export interface Reply {
  readonly code: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly span: Span | null;
  /** Said of the request before its own span. */
  readonly warning?: string;
}

const LOGIN_HEADER = 'x-kanidm-auth-session-id';
const ANONYMOUS = '00000000-0000-0000-0000-ffffffffffff';

const step = z.object({
  step: z.union([
    z.object({ init2: z.object({ username: z.string(), issue: z.string() }) }),
    z.object({ begin: z.string() }),
    z.object({ cred: z.string() }),
  ]),
});

/**
 * Answers `/v1/auth` for anonymous and `/v1/auth/valid`, as recorded (`1.11.1/log-login`), and `/v1/jwk/ID` as a
 * server that has no such key (`1.10.5/log-unknown-key`). Null: another path.
 */
export function answerRequest(request: Request, context: Context): Reply | null {
  const path = request.url.split('?')[0];
  if (path === '/v1/auth' && request.method === 'POST') return auth(request, context);
  if (path === '/v1/auth/valid' && request.method === 'GET') return valid(request, context);
  if (/^\/v1\/jwk\/[^/]+$/.test(path ?? '') && request.method === 'GET')
    return { code: 404, body: 'nomatchingentries', span: new Span('handle_public_jwk_get', [], 0.1) };
  return null;
}

function auth(request: Request, context: Context): Reply {
  const span = new Span('auth', [], 1);
  const knob = readLogins(context.env);
  const ended = (code: number, body: unknown, headers = {}): Reply => ({ code, body, headers, span });
  if (knob === 'broken') {
    span.error('Unable to proceed with authentication', [['err', 'KU001InitWhileSessionActive']]);
    return ended(500, 'ku001initwhilesessionactive');
  }
  const read = step.safeParse(json(request.body));
  if (!read.success) return ended(422, 'invalid');
  const asked = read.data.step;
  if ('init2' in asked) {
    const sessionid = randomUUID();
    if (asked.init2.username !== 'anonymous') return ended(404, 'nomatchingentries');
    span.info('Initiating Authentication Session', [
      ['username', 'anonymous'],
      ['issue', 'Token'],
      ['privileged', 'false'],
      ['uuid', ANONYMOUS],
    ]);
    if (knob === 'no-anonymous') {
      for (const said of [
        'account expired',
        'Authentication Session Unable to begin',
        'Auth result: Denied: account expired',
      ])
        span.info(said, [['event_tag_id', '10']]);
      return ended(200, { sessionid, state: { denied: 'account expired' } });
    }
    span.info('Auth result: Choose(anonymous)', [['event_tag_id', '10']]);
    const named = { [LOGIN_HEADER]: sessionid };
    return ended(200, { sessionid, state: { choose: ['anonymous'] } }, named);
  }
  const sessionid = request.headers[LOGIN_HEADER];
  if (typeof sessionid !== 'string') return ended(401, 'sessionexpired');
  if ('begin' in asked) {
    span.info('Auth result: Continue (Anonymous (no credentials))', [['event_tag_id', '10']]);
    return ended(200, { sessionid, state: { continue: ['anonymous'] } }, { [LOGIN_HEADER]: sessionid });
  }
  const id = randomUUID();
  span.info(`Issuing Token session (read_only) ${id} for anonymous@${context.config.domain} ${ANONYMOUS}`, [
    ['event_tag_id', '10'],
  ]);
  span.info('Auth result: Success(Token)', [['event_tag_id', '10']]);
  return ended(200, { sessionid, state: { success: tokenOf(id, context) } });
}

function valid(request: Request, context: Context): Reply {
  const span = new Span('handle_auth_valid', [], 0.3);
  const text = request.headers['authorization'];
  const token = typeof text === 'string' ? text.replace(/^Bearer /, '') : '';
  if (isGood(token, context)) return { code: 200, body: null, span };
  span.error('Invalid identity: NotAuthenticated');
  return { code: 401, body: 'notauthenticated', span, warning: 'bearer jws invalid' };
}

/** Signed with a key that travels with the domain: a refreshed partner takes it. */
const tokenOf = (id: string, context: Context): string => {
  const head = `${id}.${context.database.now.serverUuid}`;
  return `${head}.${signatureOf(head, context)}`;
};

const signatureOf = (head: string, { database }: Context): string =>
  createHmac('sha256', database.now.domainUuid).update(head).digest('hex');

function isGood(token: string, context: Context): boolean {
  const [id = '', maker = '', signature = ''] = token.split('.');
  const wanted = signatureOf(`${id}.${maker}`, context);
  if (signature.length !== wanted.length) return false;
  if (!timingSafeEqual(Buffer.from(signature), Buffer.from(wanted))) return false;
  return maker === context.database.now.serverUuid || readLogins(context.env) !== 'strangers';
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
