import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import ssh2, { type ParsedKey } from 'ssh2';
import { errorText } from './faults';

/** What became of a key file. */
export type KeyFile =
  | { readonly kind: 'key'; readonly key: ParsedKey }
  | { readonly kind: 'encrypted'; readonly unlock: (passphrase: string) => ParsedKey | null }
  | { readonly kind: 'missing' }
  /** Cannot be used, and why. */
  | { readonly kind: 'unusable'; readonly reason: string };

/** Reads a private key: OpenSSH's own format, PEM (PKCS#1, SEC 1, PKCS#8) or PuTTY's. */
export async function readKeyFile(path: string): Promise<KeyFile> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return missing ? { kind: 'missing' } : { kind: 'unusable', reason: errorText(error) };
  }
  const plain = parse(bytes, null);
  if (!(plain instanceof Error)) return { kind: 'key', key: plain };
  if (!isEncrypted(bytes, plain)) return { kind: 'unusable', reason: plain.message };
  return {
    kind: 'encrypted',
    unlock: (passphrase) => {
      const key = parse(bytes, passphrase);
      return key instanceof Error ? null : key;
    },
  };
}

function parse(bytes: Buffer, passphrase: string | null): ParsedKey | Error {
  try {
    const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(
      fromPkcs8(bytes, passphrase) ?? bytes,
      passphrase ?? undefined,
    );
    const key = Array.isArray(parsed) ? parsed[0] : parsed;
    if (key === undefined) return new Error('The file holds no key');
    if (key instanceof Error) return key;
    return key.isPrivateKey() ? key : new Error('The file holds a public key, not the private one');
  } catch (error) {
    // A wrong passphrase of an old PEM file surfaces as a padding error of the cipher.
    return error instanceof Error ? error : new Error(errorText(error));
  }
}

/** ssh2 reads no PKCS#8; Node does, and writes the older forms ssh2 knows. Ed25519 has none. */
function fromPkcs8(bytes: Buffer, passphrase: string | null): string | null {
  const text = bytes.toString('latin1');
  const encrypted = text.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----');
  if (!encrypted && !text.includes('-----BEGIN PRIVATE KEY-----')) return null;
  if (encrypted && passphrase === null) throw new Error('Encrypted PKCS#8 key, but no passphrase given');
  const key = createPrivateKey({ key: bytes, format: 'pem', ...(passphrase === null ? {} : { passphrase }) });
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return key.export({ type: 'pkcs1', format: 'pem' }).toString();
    case 'ec':
      return key.export({ type: 'sec1', format: 'pem' }).toString();
    default:
      throw new Error(
        `A PKCS#8 key of type ${key.asymmetricKeyType ?? 'unknown'}: convert it with ssh-keygen -p`,
      );
  }
}

const isEncrypted = (bytes: Buffer, error: Error): boolean =>
  /no passphrase given/i.test(error.message) || /ENCRYPTED/.test(bytes.toString('latin1', 0, 400));
