import { basename } from 'node:path';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import { shellWord } from '../../../../../shared/base/shell-word';
import type { Prompter } from '../../connection';
import { type ServerPlace, faultAt } from '../../common/faults';
import { notBelieved } from '../../common/this-machine';
import {
  entriesFor,
  graver,
  hostName,
  judgeHostKey,
  keyFingerprint,
  keyTypeOf,
  type KnownHost,
  knownHostLine,
  knownKeyTypes,
} from './known-hosts';
import { appendKnownHost, readKnownHosts, readRevokedKeys } from './known-hosts-file';
import type { Route } from '../address/route';

/** Decides about the key of one host; made before dialling, for what is known decides which algorithms are asked for. */
export interface HostKeyCheck {
  /** Host key algorithms in the order to ask for them. */
  readonly algorithms: readonly ServerHostKeyAlgorithm[];
  /** Accepts the key or says why not. Asks the person about an unknown one, and writes it down when accepted. */
  verify(blob: Buffer, signal: AbortSignal): Promise<Result<void>>;
}

/** What is known of a host: by the person and the machine, and by the fleet file. */
interface KnownKeys {
  readonly host: string;
  readonly own: readonly KnownHost[];
  readonly fleets: readonly KnownHost[];
  readonly revoked: ReadonlySet<string>;
}

/**
 * Reads known_hosts and prepares the check of one host's key. A fleet's own known_hosts is read beside the person's: either
 * may know a key, and what speaks against one in either counts.
 */
export async function prepareHostKeyCheck(
  route: Route,
  where: ServerPlace,
  prompter: Prompter,
): Promise<Result<HostKeyCheck>> {
  const own = await readKnownHosts([...route.knownHostsFiles, ...route.systemKnownHostsFiles], where);
  if (!own.ok) return own;
  const fleets = await readFleets(route, where);
  if (!fleets.ok) return fleets;
  const revoked = new Set<string>();
  for (const file of route.revokedKeysFiles) {
    const keys = await readRevokedKeys(file, where);
    if (!keys.ok) return keys;
    for (const key of keys.value) revoked.add(key);
  }
  const host = route.hostKeyAlias ?? hostName(route.host, route.port);
  const known: KnownKeys = {
    host,
    own: entriesFor(own.value, host),
    fleets: entriesFor(fleets.value, host),
    revoked,
  };
  let accepted: Buffer | null = null;
  return ok({
    algorithms: orderAlgorithms(knownKeyTypes(known.own), knownKeyTypes(known.fleets)),
    async verify(blob, signal) {
      // ssh2 asks again at every rekeying; the key may not change within a connection.
      if (accepted !== null)
        return blob.equals(accepted) ? ok(undefined) : fail(keyChanged(where, host, blob, null));
      const result = await decide(route, where, prompter, known, blob, signal);
      if (result.ok) accepted = blob;
      return result;
    },
  });
}

async function readFleets({ fleetKnownHosts: file, believed }: Route, where: ServerPlace) {
  return readKnownHosts(file === null ? [] : [file], where, async (path, bytes) =>
    (await believed?.believes(path, bytes)) === false ? notBelieved(where, path) : null,
  );
}

/**
 * Where a key that a person accepts is written: into their own known_hosts. A practice fleet keeps its own, so that the
 * person's does not fill with ports of this machine: it is told by what no stranger's fleet gains anything from, an address
 * of this very machine reached directly, and a file that is called known_hosts.
 */
export function keptIn(route: Route): string | null {
  const { fleetKnownHosts, host, hostKeyAlias, jumps } = route;
  const here = (host === '127.0.0.1' || host === '::1') && hostKeyAlias === null && jumps.length === 0;
  if (here && fleetKnownHosts !== null && basename(fleetKnownHosts) === 'known_hosts') return fleetKnownHosts;
  return route.knownHostsFiles[0] ?? null;
}

async function decide(
  route: Route,
  where: ServerPlace,
  prompter: Prompter,
  { host, own, fleets, revoked }: KnownKeys,
  blob: Buffer,
  signal: AbortSignal,
): Promise<Result<void>> {
  if (revoked.has(blob.toString('base64')))
    return fail(
      keyRevoked(where, host, blob, 'in the list of revoked keys', route.revokedKeysFiles.join(', ')),
    );
  // The person's types are asked for first, so that a fleet which knows others says nothing against them.
  const verdict = graver(judgeHostKey(own, blob), judgeHostKey(fleets, blob, 'unknown'));
  switch (verdict.kind) {
    case 'known':
      return ok(undefined);
    case 'changed':
      return fail(keyChanged(where, host, blob, verdict.entry));
    case 'revoked':
      return fail(
        keyRevoked(where, host, blob, 'marked @revoked', `${verdict.entry.file}:${verdict.entry.line}`),
      );
    case 'unknown': {
      const file = keptIn(route);
      if (route.strict) return fail(strictlyUnknown(where, host, blob, file));
      if (file === null) return fail(declinedKey(where, host, blob, verdict.certificateAuthority));
      const accept = await prompter.acceptHostKey(
        {
          server: where.server,
          host,
          keyType: keyTypeOf(blob),
          fingerprint: keyFingerprint(blob),
          line: knownHostLine(host, blob, null),
          knownHostsFile: file,
        },
        signal,
      );
      if (!accept) return fail(declinedKey(where, host, blob, verdict.certificateAuthority));
      const write = () => appendKnownHost(file, host, blob, route.hashKnownHosts, where);
      return file === route.fleetKnownHosts && route.believed !== undefined
        ? route.believed.writing(file, write)
        : write();
    }
  }
}

const keyRevoked = (where: ServerPlace, host: string, blob: Buffer, how: string, line: string): Fault =>
  faultAt(
    where,
    'host-key-revoked',
    `the host key ${keyFingerprint(blob)} of ${host} is ${how}`,
    'Do not connect: ask who runs the host for its new key.',
    { detail: line },
  );

const strictlyUnknown = (where: ServerPlace, host: string, blob: Buffer, file: string | null): Fault =>
  faultAt(
    where,
    'host-key-unknown',
    `the host key of ${host} is not known, and StrictHostKeyChecking is yes in ~/.ssh/config`,
    `Compare the fingerprint with the one the host prints (ssh-keygen -lf), then add the line below to ${file ?? 'a known_hosts file'}.`,
    { detail: `${keyTypeOf(blob)} ${keyFingerprint(blob)}\n${knownHostLine(host, blob, null)}` },
  );

function keyChanged(where: ServerPlace, host: string, blob: Buffer, entry: KnownHost | null): Fault {
  const shown = `shown now: ${keyTypeOf(blob)} ${keyFingerprint(blob)}`;
  const known =
    entry === null
      ? 'known:     the key this connection began with'
      : `known:     ${entry.keyType} ${keyFingerprint(Buffer.from(entry.key, 'base64'))} (${entry.file}:${entry.line})`;
  return faultAt(
    where,
    'host-key-changed',
    `the host key of ${host} is not the one that is known: another machine may be answering`,
    entry === null
      ? 'Do not connect until you know why.'
      : `If the host was reinstalled, compare the fingerprint there, then: ssh-keygen -f ${shellWord(entry.file)} -R ${shellWord(host)}`,
    { detail: `${shown}\n${known}` },
  );
}

function declinedKey(where: ServerPlace, host: string, blob: Buffer, authority: KnownHost | null): Fault {
  const note =
    authority === null
      ? ''
      : `\n${authority.file}:${authority.line} names a certificate authority; host certificates are not supported.`;
  return faultAt(
    where,
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
const orderAlgorithms = (...known: readonly (readonly string[])[]): readonly ServerHostKeyAlgorithm[] => {
  const types = Object.keys(algorithmsOf);
  const first = [...new Set(known.flatMap((some) => types.filter((type) => some.includes(type))))];
  return [...first, ...types.filter((type) => !first.includes(type))].flatMap(
    (type) => algorithmsOf[type] ?? [],
  );
};
