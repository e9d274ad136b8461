import type { Fault } from '../base/result';
import type { ServerServes, ServesState } from './serves';

/** What one look at a server's HTTPS brought. */
export interface ServesLook {
  readonly server: string;
  /** ISO 8601. */
  readonly at: string;
  /** The host of its public origin. */
  readonly name: string | null;
  /** Why nothing could be asked; null: its certificate was seen. */
  readonly noWay: Fault | null;
  readonly certificate: ServerServes['certificate'];
  /** The certificate's name and validity, in the words of TLS; null: well. */
  readonly refused: string | null;
  readonly status: Answer | null;
  readonly login: LoginOutcome | null;
}

/** A look at a server that has brought nothing yet. */
export const nothingLooked = (server: string, at: string, name: string | null): ServesLook => ({
  ...{ server, at, name, noWay: null, certificate: null, refused: null, status: null, login: null },
});

/** The answer to one request. */
export type Answer =
  | { readonly kind: 'answer'; readonly code: number; readonly asExpected: boolean }
  | { readonly kind: 'none'; readonly fault: Fault };

/** How an anonymous login ended. The session itself stands beside it, in the engine's memory alone. */
export type LoginOutcome =
  | { readonly kind: 'session' }
  /** The server refuses anonymous: nothing is proved. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'no-answer'; readonly fault: Fault };

/**
 * Judges a server by one look. What could not be asked is unknown, with why; only what the server itself said or showed is
 * `broken`; `serves` needs every proof.
 */
export function judgeServes(look: ServesLook): ServerServes {
  const { server, at, name, certificate } = look;
  const say = (state: ServesState, cause: string, fix: string): ServerServes => ({
    ...{ server, state, cause, fix, at, certificate, name, login: toldOf(look.login) },
  });
  if (look.noWay !== null)
    return say('unknown', `Its HTTPS was not asked. ${look.noWay.message}`, look.noWay.fix);
  if (certificate === null)
    return say(
      'unknown',
      'It showed no certificate.',
      'Look at bindaddress in its server.toml, and at what listens there.',
    );
  if (!certificate.isOnDisk)
    return say(
      'broken',
      `The certificate it serves (until ${certificate.notAfter.slice(0, 10)}) is not the one in its tls_chain.`,
      'Reload or restart it where the file was renewed; else find out what answers at its port.',
    );
  if (look.refused !== null)
    return say(
      'broken',
      `Its HTTPS certificate is refused: ${look.refused}`,
      'Renew the certificate in its tls_chain.',
    );
  const { status, login } = look;
  if (status === null || status.kind === 'none')
    return say(
      'unknown',
      `/status did not answer. ${status?.fault.message ?? ''}`.trim(),
      status?.fault.fix ?? '',
    );
  if (!status.asExpected)
    return say('broken', `/status answers with ${status.code}, not with true.`, 'Read its log.');
  return judgeLogin(login, say, certificate.notAfter.slice(0, 10));
}

const toldOf = (login: LoginOutcome | null): ServerServes['login'] =>
  login?.kind === 'session' ? 'works' : login?.kind === 'failed' ? 'fails' : 'unknown';

function judgeLogin(
  login: LoginOutcome | null,
  say: (state: ServesState, cause: string, fix: string) => ServerServes,
  until: string,
): ServerServes {
  switch (login?.kind) {
    case 'session':
      return say(
        'serves',
        `Its certificate is valid until ${until}, /status answers, an anonymous login works.`,
        '',
      );
    case 'failed':
      return say(
        'broken',
        `/status answers and a login fails: ${login.why}`,
        'Read its log: nobody may be able to log in.',
      );
    case 'refused':
      return say(
        'unknown',
        `/status answers. It refuses anonymous, so no login was proved: ${login.why}`,
        'Allow anonymous to log in where logins are to be proved; else nothing.',
      );
    case 'no-answer':
      return say('unknown', `/status answers, a login did not: ${login.fault.message}`, login.fault.fix);
    default:
      return say('unknown', '/status answers. No login was tried.', '');
  }
}
