import { createHash } from 'node:crypto';
import ssh2, { type ParsedKey } from 'ssh2';

/** An ed25519 key as OpenSSH writes it. */
export interface SshKey {
  /** The private key file's text, encrypted when a passphrase was given. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA… comment`. */
  readonly publicKey: string;
  /** The public key as SSH sends it. */
  readonly blob: Buffer;
  /** `SHA256:…` as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
}

/** A new key pair. `comment` ends its public line; with a `passphrase` its private file is encrypted. */
export function makeSshKey(comment: string, passphrase?: string): SshKey {
  const pair = makePair(comment, passphrase);
  const blob = readSshKey(pair.public).getPublicSSH();
  return {
    privateKey: pair.private,
    publicKey: pair.public,
    blob,
    fingerprint: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`,
  };
}

/** About one in 256 of the pairs that ssh2 makes is malformed (it drops a leading zero byte): that one is made again. */
function makePair(comment: string, passphrase: string | undefined) {
  const encryption = passphrase === undefined ? {} : { passphrase, cipher: 'aes256-ctr', rounds: 4 };
  for (let tries = 0; tries < 20; tries++) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment, ...encryption });
    if (isKey(pair.public) && isKey(pair.private, passphrase)) return pair;
  }
  throw new Error('ssh2 made no well-formed ed25519 key in 20 tries');
}

/** ssh2 throws at some malformed keys, and answers with an error at others. */
function isKey(text: string, passphrase?: string): boolean {
  try {
    return !(ssh2.utils.parseKey(text, passphrase) instanceof Error);
  } catch {
    return false;
  }
}

/** @throws when the text is no key: it was made here, so that is a bug. */
export function readSshKey(text: string): ParsedKey {
  const parsed = ssh2.utils.parseKey(text);
  if (parsed instanceof Error) throw parsed;
  return parsed;
}
