import type { ServerHostKeyAlgorithm } from 'ssh2';
import { fail, ok, type Fault, type Result } from '../../../../shared/result';
import type { Person } from '../connection';
import { type At, faultAt } from './faults';
import {
  entriesFor,
  hostName,
  judgeHostKey,
  keyFingerprint,
  keyTypeOf,
  type KnownHost,
  knownHostLine,
  knownKeyTypes,
} from './known-hosts';
import { appendKnownHost, readKnownHosts } from './known-hosts-file';
import type { Route } from './route';

/** Decides about the key of one host; made before dialling, for what is known decides which algorithms are asked for. */
export interface HostKeyCheck {
  /** Host key algorithms in the order to ask for them. */
  readonly algorithms: readonly ServerHostKeyAlgorithm[];
  /** Accepts the key or says why not. Asks the person about an unknown one, and writes it down when accepted. */
  verify(blob: Buffer, signal: AbortSignal): Promise<Result<void>>;
}

/** Reads known_hosts and prepares the check of one host's key. */
export async function prepareHostKeyCheck(
  route: Route,
  at: At,
  person: Person,
): Promise<Result<HostKeyCheck>> {
  const known = await readKnownHosts([...route.knownHostsFiles, ...route.systemKnownHostsFiles], at);
  if (!known.ok) return known;
  const host = hostName(route.host, route.port);
  const entries = entriesFor(known.value, host);
  let accepted: Buffer | null = null;
  return ok({
    algorithms: orderAlgorithms(knownKeyTypes(entries)),
    async verify(blob, signal) {
      // ssh2 asks again at every rekeying; the key may not change within a connection.
      if (accepted !== null)
        return blob.equals(accepted) ? ok(undefined) : fail(keyChanged(at, host, blob, null));
      const result = await decide(route, at, person, host, entries, blob, signal);
      if (result.ok) accepted = blob;
      return result;
    },
  });
}

async function decide(
  route: Route,
  at: At,
  person: Person,
  host: string,
  entries: readonly KnownHost[],
  blob: Buffer,
  signal: AbortSignal,
): Promise<Result<void>> {
  const verdict = judgeHostKey(entries, blob);
  switch (verdict.kind) {
    case 'known':
      return ok(undefined);
    case 'changed':
      return fail(keyChanged(at, host, blob, verdict.entry));
    case 'revoked':
      return fail(
        faultAt(
          at,
          'host-key-revoked',
          `the host key ${keyFingerprint(blob)} of ${host} is marked @revoked`,
          'Do not connect: ask who runs the host for its new key.',
          { detail: `${verdict.entry.file}:${verdict.entry.line}` },
        ),
      );
    case 'unknown': {
      const file = route.knownHostsFiles[0];
      if (file === undefined) return fail(declinedKey(at, host, blob, verdict.certificateAuthority));
      const accept = await person.acceptHostKey(
        {
          server: at.server,
          host,
          keyType: keyTypeOf(blob),
          fingerprint: keyFingerprint(blob),
          line: knownHostLine(host, blob, null),
          knownHostsFile: file,
        },
        signal,
      );
      if (!accept) return fail(declinedKey(at, host, blob, verdict.certificateAuthority));
      return appendKnownHost(file, host, blob, route.hashKnownHosts, at);
    }
  }
}

function keyChanged(at: At, host: string, blob: Buffer, entry: KnownHost | null): Fault {
  const shown = `shown now: ${keyTypeOf(blob)} ${keyFingerprint(blob)}`;
  const known =
    entry === null
      ? 'known:     the key this connection began with'
      : `known:     ${entry.keyType} ${keyFingerprint(Buffer.from(entry.key, 'base64'))} (${entry.file}:${entry.line})`;
  return faultAt(
    at,
    'host-key-changed',
    `the host key of ${host} is not the one that is known: another machine may be answering`,
    entry === null
      ? 'Do not connect until you know why.'
      : `If the host was set up anew, compare the fingerprint there, then: ssh-keygen -f '${entry.file}' -R '${host}'`,
    { detail: `${shown}\n${known}` },
  );
}

function declinedKey(at: At, host: string, blob: Buffer, authority: KnownHost | null): Fault {
  const note =
    authority === null
      ? ''
      : `\n${authority.file}:${authority.line} names a certificate authority; host certificates are not supported.`;
  return faultAt(
    at,
    'host-key-unknown',
    `the host key of ${host} is not known and was not accepted`,
    'Compare the fingerprint with the one the host prints (ssh-keygen -lf), then accept this very key.',
    { detail: `${keyTypeOf(blob)} ${keyFingerprint(blob)}${note}` },
  );
}

/** Signature algorithms by key type, strongest first; SHA-1 signatures (`ssh-rsa`) are left out. */
const algorithmsOf: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/** The known types first, as ssh does, so that a host with several keys shows the one that can be compared. */
const orderAlgorithms = (knownTypes: readonly string[]): readonly ServerHostKeyAlgorithm[] => {
  const types = Object.keys(algorithmsOf);
  const first = types.filter((type) => knownTypes.includes(type));
  return [...first, ...types.filter((type) => !first.includes(type))].flatMap(
    (type) => algorithmsOf[type] ?? [],
  );
};
