import { createHash, createHmac } from 'node:crypto';
import { type Fingerprint, trusted } from '../../../../../shared/base/names';
import { matchesWildcard } from '../address/wildcard';
import { unpadded } from '../../../../../shared/base/base64';

/** One line of a known_hosts file that holds a key (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export interface KnownHost {
  readonly marker: 'none' | 'revoked' | 'cert-authority';
  /** `host,*.example.com,!bad`, or one `|1|salt|hash`. */
  readonly patterns: string;
  readonly keyType: string;
  /** The key as base64, as in the file. */
  readonly key: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** How a host's key compares with what is known of the host. */
export type HostKeyVerdict =
  | { readonly kind: 'known'; readonly entry: KnownHost }
  | { readonly kind: 'unknown'; readonly certificateAuthority: KnownHost | null }
  | { readonly kind: 'changed'; readonly entry: KnownHost }
  | { readonly kind: 'revoked'; readonly entry: KnownHost };

/** Reads the lines that hold keys. Comments, empty and unreadable lines are left out, as ssh does. */
export function parseKnownHosts(text: string, file: string): readonly KnownHost[] {
  return text.split('\n').flatMap((raw, index) => {
    const fields = raw.trim().split(/\s+/);
    const first = fields[0] ?? '';
    if (first === '' || first.startsWith('#')) return [];
    const marker = first.startsWith('@') ? first : null;
    if (marker !== null) fields.shift();
    const [patterns, keyType, key] = fields;
    if (!patterns || !keyType || !key || !/^[A-Za-z0-9+/]+={0,2}$/.test(key)) return [];
    if (marker !== null && marker !== '@revoked' && marker !== '@cert-authority') return [];
    return [
      {
        marker: marker === '@revoked' ? 'revoked' : marker === '@cert-authority' ? 'cert-authority' : 'none',
        patterns,
        keyType,
        key,
        file,
        line: index + 1,
      } as const,
    ];
  });
}

/** The keys of a RevokedHostKeys file in words (ssh_config(5)): public keys, a line each, as base64. */
export const parseRevokedKeys = (text: string): ReadonlySet<string> =>
  new Set(
    text.split('\n').flatMap((raw) => {
      const fields = raw.trim().split(/\s+/);
      const at = fields.findIndex((field) => /^(?:ssh-|ecdsa-|sk-)/.test(field));
      const key = at < 0 || raw.trimStart().startsWith('#') ? undefined : fields[at + 1];
      return key === undefined ? [] : [Buffer.from(key, 'base64').toString('base64')];
    }),
  );

/** How known_hosts spells a host: the bare name on port 22, `[name]:port` otherwise; lower case. A HostKeyAlias has no port. */
export const hostName = (host: string, port: number): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;

/** The lines that speak of this host, as spelled by {@link hostName}. */
export const entriesFor = (known: readonly KnownHost[], host: string): readonly KnownHost[] =>
  known.filter((entry) => matches(entry.patterns, host));

/**
 * Compares the key a host showed with the lines about it. A key of a type that is not known, from a host of which
 * another type is, counts as changed: the known types are asked for first (`knownKeyTypes`), so a host that still had its
 * key would have shown it.
 * @param entries from {@link entriesFor}.
 * @param blob the key as on the wire.
 * @param otherTypes what a key of a type that is not known counts as.
 */
export function judgeHostKey(
  entries: readonly KnownHost[],
  blob: Buffer,
  otherTypes: 'changed' | 'unknown' = 'changed',
): HostKeyVerdict {
  const key = blob.toString('base64');
  const same = (entry: KnownHost) => Buffer.from(entry.key, 'base64').toString('base64') === key;
  const revoked = entries.find((entry) => entry.marker === 'revoked' && same(entry));
  if (revoked) return { kind: 'revoked', entry: revoked };
  const plain = entries.filter((entry) => entry.marker === 'none');
  const known = plain.find(same);
  if (known) return { kind: 'known', entry: known };
  const sameType = plain.find((entry) => entry.keyType === keyTypeOf(blob));
  const other = sameType ?? (otherTypes === 'changed' ? plain[0] : undefined);
  if (other) return { kind: 'changed', entry: other };
  const authority = entries.find((entry) => entry.marker === 'cert-authority') ?? null;
  return { kind: 'unknown', certificateAuthority: authority };
}

/** Of two verdicts the one that counts: whatever speaks against a key, then what knows it. */
export function graver(a: HostKeyVerdict, b: HostKeyVerdict): HostKeyVerdict {
  const order = ['revoked', 'changed', 'known', 'unknown'];
  return order.indexOf(b.kind) < order.indexOf(a.kind) ? b : a;
}

/** The key types known of a host, in the file's order. */
export const knownKeyTypes = (entries: readonly KnownHost[]): readonly string[] => [
  ...new Set(entries.filter((entry) => entry.marker === 'none').map((entry) => entry.keyType)),
];

/** `SHA256:…`, as OpenSSH prints it. */
export const keyFingerprint = (blob: Buffer): Fingerprint =>
  trusted(`SHA256:${unpadded(createHash('sha256').update(blob).digest('base64'))}`);

/** The type a key names itself, `ssh-ed25519`: the first string of the blob (RFC 4253, 6.6). */
export function keyTypeOf(blob: Buffer): string {
  if (blob.length < 4) return '';
  return blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('latin1');
}

/** A line to append, without a newline. With a salt (20 bytes) the name is hashed, as `HashKnownHosts yes` does. */
export function knownHostLine(host: string, blob: Buffer, salt: Buffer | null): string {
  const name = salt === null ? host : `|1|${salt.toString('base64')}|${hashHost(host, salt)}`;
  return `${name} ${keyTypeOf(blob)} ${blob.toString('base64')}`;
}

function matches(patterns: string, host: string): boolean {
  if (patterns.startsWith('|')) {
    const [, scheme, salt, hash] = patterns.split('|');
    return scheme === '1' && salt !== undefined && hashHost(host, Buffer.from(salt, 'base64')) === hash;
  }
  let matched = false;
  for (const pattern of patterns.toLowerCase().split(',')) {
    const negated = pattern.startsWith('!');
    if (!matchesWildcard(negated ? pattern.slice(1) : pattern, host)) continue;
    // One negated match rules the line out, whatever else matches (sshd(8)).
    if (negated) return false;
    matched = true;
  }
  return matched;
}

const hashHost = (host: string, salt: Buffer): string =>
  createHmac('sha1', salt).update(host).digest('base64');
