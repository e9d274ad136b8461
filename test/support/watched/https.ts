import type { Answered, Asked, Secured } from '../../../electron/engine/serves/https';
import { ok } from '../../../shared/base/result';
import { sha256Of } from '../../../electron/engine/connect/common/files';
import { certificateOfTest } from '../fleet-fixtures';

/** What goes wrong with the logins of a server, as the practice kanidmd plays it. */
export type Logins = 'work' | 'broken' | 'strangers' | 'no-anonymous';

/** What the HTTPS of a server is at this moment. */
export interface Web {
  readonly logins: Logins;
  /** How often the certificate that it serves was made anew. */
  readonly serves: number;
  readonly server: string;
  readonly domain: string;
}

/** The certificate of a server's HTTPS, DER. */
export const webCertificate = (id: string, renewals: number): Buffer =>
  Buffer.from(certificateOfTest(id, renewals), 'base64url');

export const pemOf = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;

/** A TLS connection that was made: answers as recorded (`test/recorded`, logins). @param web null: it is gone. */
export function webOf(id: string, renewals: number, web: () => Web | null): Secured {
  const certificate = webCertificate(id, renewals);
  return {
    ...{ certificate, sha256: sha256Of(certificate), refused: null, untrusted: null, close: () => undefined },
    ask: (asked) => {
      const now = web();
      return Promise.resolve(
        now === null
          ? { ok: false, error: { code: 'https-failed', message: 'It broke off.', fix: '', where: {} } }
          : ok(answer(asked, now)),
      );
    },
  };
}

const LOGIN_HEADER = 'x-kanidm-auth-session-id';

function answer({ path, headers = {}, body }: Asked, web: Web): Answered {
  const says = (code: number, value: unknown, more = {}): Answered => ({
    ...{ code, headers: more, text: JSON.stringify(value) },
  });
  if (path === '/status') return says(200, true);
  if (path === '/v1/auth/valid') {
    const [maker = '', domain = ''] = (headers['authorization'] ?? '').replace('Bearer ', '').split('/');
    const isGood = domain === web.domain && (maker === web.server || web.logins !== 'strangers');
    return isGood ? says(200, null) : says(401, 'notauthenticated');
  }
  if (web.logins === 'broken') return says(500, 'ku001initwhilesessionactive');
  const step = JSON.stringify(body);
  const named = { [LOGIN_HEADER]: 'x' };
  if (step.includes('init2'))
    return web.logins === 'no-anonymous'
      ? says(200, { sessionid: 'x', state: { denied: 'account expired' } })
      : says(200, { sessionid: 'x', state: { choose: ['anonymous'] } }, named);
  if (step.includes('begin')) return says(200, { sessionid: 'x', state: { continue: ['anonymous'] } }, named);
  return says(200, { sessionid: 'x', state: { success: `${web.server}/${web.domain}` } });
}
