import type { Fault } from '../../../../../shared/base/result';
import { type ServerPlace, errorText, faultAt } from '../../common/faults';
import { networkFault } from '../../common/network-faults';

/**
 * What a socket's or ssh2's error means for a person. `when` says whether the SSH handshake was over: the same reset is
 * a lost connection after it, and something that is not SSH before it.
 */
export function connectionFault(where: ServerPlace, error: unknown, when: 'connecting' | 'connected'): Fault {
  const unreached = networkFault(where, error, REFUSED);
  if (unreached !== null) return unreached;
  const detail = errorText(error);
  if (when === 'connected')
    return faultAt(
      where,
      'connection-lost',
      'the connection was lost',
      'Try again; if it keeps happening, look at the network and at the log of sshd.',
      { detail },
    );
  if (/no matching|handshake failed|unsupported/i.test(detail))
    return faultAt(
      where,
      'ssh-negotiation-failed',
      'client and server have no algorithm in common',
      'Allow curve25519-sha256 or ecdh and an ed25519, ecdsa or rsa-sha2 host key in sshd_config.',
      { detail },
    );
  return faultAt(
    where,
    'connection-closed',
    'the connection was closed before the SSH handshake finished',
    'Check that this port is sshd; sshd also closes early when it has too many connections (MaxStartups).',
    { detail },
  );
}

const REFUSED = {
  ECONNREFUSED: [
    'connection-refused',
    'nothing accepts connections there',
    'Check that sshd runs, that the port is right and that no firewall rejects it.',
  ],
} as const;
