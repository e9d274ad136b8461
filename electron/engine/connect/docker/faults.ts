import type { Fault } from '../../../../shared/result';
import { type At, errorText, faultAt } from '../ssh/faults';
import { stopFault } from '../ssh/limits';

/** Carries a fault through code that only knows exceptions: the HTTP agent and its sockets. */
export class FaultError extends Error {
  constructor(readonly fault: Fault) {
    super(fault.message);
  }
}

/** Answers of an engine that are not `200`, as the modem tells them. */
export interface Refusal {
  readonly statusCode: number;
  readonly message: string;
}

/** The engine's refusal in an error, or null when it was not the engine that failed. */
export function refusalOf(error: unknown): Refusal | null {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number')
    return null;
  const json: unknown = 'json' in error ? error.json : null;
  const said = typeof json === 'object' && json !== null && 'message' in json ? json.message : null;
  const message = typeof said === 'string' ? said : error.message.replace(/^\(HTTP code \d+\) \w* - /, '');
  return { statusCode: error.statusCode, message: message.trim() };
}

/**
 * What a failed request means for a person. An aborted signal's own reason wins: the socket's error is only its echo.
 * @param doing `reading /data/server.toml`.
 */
export function engineFault(at: At, error: unknown, doing: string, signal: AbortSignal): Fault {
  if (signal.aborted) return stopFault(signal);
  if (error instanceof FaultError) return error.fault;
  const refusal = refusalOf(error);
  if (refusal !== null) return refused(at, refusal, doing);
  const detail = errorText(error);
  const code = codeOf(error);
  const known = code === null ? undefined : network[code];
  if (known) return faultAt(at, known[0], known[1], known[2], { detail });
  if (code !== null && /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/.test(code))
    return faultAt(
      at,
      'engine-tls-failed',
      'the TLS connection to the engine could not be made',
      'Check ca.pem, cert.pem and key.pem, that they are the ones of this engine, and that it listens with --tlsverify.',
      { detail: `${code}: ${detail}` },
    );
  return faultAt(
    at,
    'connection-lost',
    `the connection to the engine was lost while ${doing}`,
    'Check that the Docker Engine runs, then try again.',
    { detail },
  );
}

const network: Readonly<Record<string, readonly [code: string, message: string, fix: string]>> = {
  ENOENT: [
    'engine-not-running',
    'there is no such socket',
    'Start the Docker Engine or Podman’s socket there, or correct the endpoint.',
  ],
  ECONNREFUSED: [
    'engine-not-running',
    'no engine accepts connections there',
    'Start the Docker Engine, and check the port and the firewall.',
  ],
  EACCES: [
    'engine-permission-denied',
    'this user may not use the engine’s socket',
    'Add the user to the group that owns the socket (docker), or name the socket of a rootless engine.',
  ],
  ENOTFOUND: [
    'name-not-found',
    'the host name does not resolve',
    'Check the spelling of the endpoint, or DNS.',
  ],
  EAI_AGAIN: [
    'name-not-found',
    'the host name does not resolve',
    'Check the spelling of the endpoint, or DNS.',
  ],
  EHOSTUNREACH: ['host-unreachable', 'no way to the host', 'Check the network, the VPN and the address.'],
  ENETUNREACH: ['host-unreachable', 'no way to the host', 'Check the network, the VPN and the address.'],
  ETIMEDOUT: ['host-unreachable', 'no way to the host', 'Check the network, the VPN and the address.'],
};

function refused(at: At, { statusCode, message }: Refusal, doing: string): Fault {
  if (/no space left on device/i.test(message))
    return faultAt(at, 'disk-full', `the disk is full (${doing})`, 'Make room there, then try again.', {
      detail: message,
    });
  if (/read-only file system|marked read-only|is mounted read-only/i.test(message))
    return faultAt(
      at,
      'read-only',
      `the engine may not write there (${doing}): it is mounted read-only`,
      'Mount it writable, or change the file where it comes from.',
      { detail: message },
    );
  if (/permission denied|operation not permitted/i.test(message))
    return faultAt(
      at,
      'permission-denied',
      `the engine was not allowed to (${doing})`,
      'Check the rights of the user the engine runs as, and the mount.',
      { detail: message },
    );
  return faultAt(
    at,
    'engine-refused',
    `the engine refused (${doing}, HTTP ${statusCode})`,
    'Read its words below; `docker info` on the host tells more.',
    { detail: message },
  );
}

function codeOf(error: unknown): string | null {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
