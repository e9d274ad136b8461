import ssh2 from 'ssh2';
import { readLocalFile } from '../../../storage/local-file';

/** How OpenSSH's own private keys begin, decoded (OpenSSH, PROTOCOL.key). */
const MAGIC = Buffer.from('openssh-key-v1\0');
const PEM = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]*)-----END/;
/** `ssh-keygen -a` is 24 by default; the work grows with it, and so does the time for which nothing else happens. */
const MOST_ROUNDS = 2_000;

/**
 * The public half of an identity, so that the agent's own copy of it can be told apart: from the file itself where it is a
 * public key or an OpenSSH private one (whose public half is not encrypted), else from `FILE.pub`.
 * @returns the key as on the wire, base64; null when it cannot be told.
 */
export async function publicKeyOf(path: string): Promise<string | null> {
  return (await publicIn(path)) ?? (await publicIn(`${path}.pub`));
}

async function publicIn(path: string): Promise<string | null> {
  const file = await readLocalFile(path);
  if (file.kind !== 'read') return null;
  const key = readOpenSshKey(file.bytes);
  if (key !== null) return key.publicKey.toString('base64');
  try {
    const parsed: unknown = ssh2.utils.parseKey(file.bytes);
    const first: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
    if (typeof first !== 'object' || first === null || !('getPublicSSH' in first)) return null;
    const { getPublicSSH } = first;
    const bytes: unknown = typeof getPublicSSH === 'function' ? getPublicSSH.call(first) : null;
    return Buffer.isBuffer(bytes) ? bytes.toString('base64') : null;
  } catch {
    return null;
  }
}

/** What an OpenSSH private key says without a passphrase. */
interface OpenSshKey {
  /** As on the wire. */
  readonly publicKey: Buffer;
  /** How often the passphrase is worked over; null: there is none. */
  readonly rounds: number | null;
}

/** Null: the bytes are no such key. */
function readOpenSshKey(bytes: Buffer): OpenSshKey | null {
  const body = PEM.exec(bytes.toString('latin1'))?.[1];
  if (body === undefined) return null;
  const blob = Buffer.from(body, 'base64');
  if (!blob.subarray(0, MAGIC.length).equals(MAGIC)) return null;
  let at = MAGIC.length;
  const next = (): Buffer | null => {
    if (at + 4 > blob.length) return null;
    const length = blob.readUInt32BE(at);
    if (at + 4 + length > blob.length) return null;
    at += 4 + length;
    return blob.subarray(at - length, at);
  };
  const [cipher, kdf, options] = [next(), next(), next()];
  at += 4;
  const publicKey = next();
  if (cipher === null || kdf === null || options === null || publicKey === null) return null;
  const rounds = options.length >= 4 ? options.readUInt32BE(options.length - 4) : null;
  return { publicKey, rounds };
}

/** Would unlocking this key hold up everything else for long? (A fleet may name a key that came with it.) */
export const takesTooLong = (bytes: Buffer): boolean => (readOpenSshKey(bytes)?.rounds ?? 0) > MOST_ROUNDS;
