import type { Fault } from '../../../../shared/result';

/** Which server a fault is about, and how it was dialled. Every fault of a connection names both. */
export interface At {
  readonly server: string;
  /** As the fleet file spells it: `ssh://admin@192.0.2.7:22`. */
  readonly endpoint: string;
}

interface More {
  readonly detail?: string;
  /** A file on the server. */
  readonly file?: string;
}

/** A fault of this connection; the message gets the endpoint in front. */
export function faultAt(at: At, code: string, message: string, fix: string, more: More = {}): Fault {
  return {
    code,
    message: `${at.endpoint}: ${message}`,
    fix,
    ...(more.detail === undefined || more.detail === '' ? {} : { detail: more.detail }),
    where: { server: at.server, ...(more.file === undefined ? {} : { file: more.file }) },
  };
}

/**
 * What a socket's or ssh2's error means for a person. `when` says whether the SSH handshake was over: the same reset is
 * a lost connection after it, and something that is not SSH before it.
 */
export function connectionFault(at: At, error: unknown, when: 'connecting' | 'connected'): Fault {
  const code = errorCode(error);
  const detail = errorText(error);
  switch (code) {
    case 'ECONNREFUSED':
      return faultAt(
        at,
        'connection-refused',
        'nothing accepts connections there',
        'Check that sshd runs, that the port is right and that no firewall rejects it.',
        { detail },
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return faultAt(
        at,
        'name-not-found',
        'the host name does not resolve',
        'Check the spelling of the endpoint, or DNS; an alias must be in ~/.ssh/config.',
        { detail },
      );
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return faultAt(
        at,
        'host-unreachable',
        'no way to the host',
        'Check the network, the VPN and the address.',
        { detail },
      );
    default:
  }
  if (when === 'connected')
    return faultAt(
      at,
      'connection-lost',
      'the connection was lost',
      'Try again; if it keeps happening, look at the network and at the log of sshd.',
      { detail },
    );
  if (/no matching|handshake failed|unsupported/i.test(detail))
    return faultAt(
      at,
      'ssh-negotiation-failed',
      'client and server have no algorithm in common',
      'Allow curve25519-sha256 or ecdh and an ed25519, ecdsa or rsa-sha2 host key in sshd_config.',
      { detail },
    );
  return faultAt(
    at,
    'connection-closed',
    'the connection was closed before SSH was agreed on',
    'Check that this port is sshd; sshd also closes early when it has too many connections (MaxStartups).',
    { detail },
  );
}

/** The text of anything thrown. */
export function errorText(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(errorText).join('\n');
  return error instanceof Error ? error.message : String(error);
}

function errorCode(error: unknown): string | null {
  if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors[0]);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
