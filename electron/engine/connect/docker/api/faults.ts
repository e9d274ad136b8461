import type { Fault } from '../../../../../shared/base/result';
import { type ServerPlace, errorText, faultAt } from '../../common/faults';
import { stopFault } from '../../common/limits';
import { networkFault } from '../../common/network-faults';
import { errorCode } from '../../../base/error-code';

/** Carries a fault through code that only knows exceptions: the HTTP agent and its sockets. */
export class FaultError extends Error {
  constructor(readonly fault: Fault) {
    super(fault.message);
  }
}

/** An answer of an engine that is not `200`. */
export interface Refusal {
  readonly statusCode: number;
  /** The engine's own words, its JSON's `message`; a HEAD has none. */
  readonly message: string;
}

/**
 * What a failed request means for a person. An aborted signal's own reason wins: the socket's error is only its echo.
 * @param doing `reading /data/server.toml`.
 */
export function dockerFault(where: ServerPlace, error: unknown, doing: string, signal: AbortSignal): Fault {
  if (signal.aborted) return stopFault(signal);
  // Made by the way to the engine, which serves all its servers.
  if (error instanceof FaultError)
    return { ...error.fault, where: { ...error.fault.where, server: where.server } };
  const unreached = networkFault(where, error, REFUSED);
  if (unreached !== null) return unreached;
  const detail = errorText(error);
  const code = errorCode(error);
  // Node's own words for what is no HTTP: HPE_INVALID_CONSTANT, HPE_HEADER_OVERFLOW.
  if (code?.startsWith('HPE_') === true) return speaksOtherwise(where, doing, `${code}: ${detail}`);
  if (code !== null && /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/.test(code))
    return faultAt(
      where,
      'engine-tls-failed',
      'the TLS connection to the engine could not be made',
      'Check ca.pem, cert.pem and key.pem, that they are the ones of this engine, and that it listens with --tlsverify.',
      { detail: `${code}: ${detail}` },
    );
  return faultAt(
    where,
    'connection-lost',
    `the connection to the engine was lost while ${doing}`,
    'Check that the Docker Engine runs, then try again.',
    { detail },
  );
}

const REFUSED = {
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
} as const;

/**
 * The fault of an answer that is no answer of a Docker Engine.
 * @param detail what of it is wrong.
 */
export const speaksOtherwise = (where: ServerPlace, doing: string, detail: string): Fault =>
  faultAt(
    where,
    'engine-speaks-otherwise',
    `the engine’s answer cannot be read (${doing})`,
    'Check that the endpoint is a Docker Engine or Podman, and not a proxy or another service.',
    { detail },
  );

/** The fault of a refusal nobody has better words for. */
export function refused(where: ServerPlace, { statusCode, message }: Refusal, doing: string): Fault {
  if (/no space left on device/i.test(message))
    return faultAt(where, 'disk-full', `the disk is full (${doing})`, 'Make room there, then try again.', {
      detail: message,
    });
  if (/read-only file system|marked read-only|is mounted read-only/i.test(message))
    return faultAt(
      where,
      'read-only',
      `the engine may not write there (${doing}): it is mounted read-only`,
      'Mount it writable, or change the file where it comes from.',
      { detail: message },
    );
  if (/permission denied|operation not permitted/i.test(message))
    return faultAt(
      where,
      'permission-denied',
      `the engine was not allowed to (${doing})`,
      'Check the rights of the user the engine runs as, and the mount.',
      { detail: message },
    );
  return faultAt(
    where,
    'engine-refused',
    `the engine refused (${doing}, HTTP ${statusCode})`,
    'See what it printed below; `docker info` on the host says more.',
    { detail: message },
  );
}
