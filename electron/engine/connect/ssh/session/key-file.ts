import { createPrivateKey, type KeyObject } from 'node:crypto';
import ssh2, { type ParsedKey } from 'ssh2';
import { readLocalFile } from '../../../storage/local-file';
import { errorText } from '../../common/faults';
import { takesTooLong } from './public-key';

/** What became of a key file. */
export type KeyFile =
  | { readonly kind: 'key'; readonly key: ParsedKey }
  | { readonly kind: 'encrypted'; readonly unlock: (passphrase: string) => ParsedKey | null }
  | { readonly kind: 'missing' }
  /** Cannot be used, and why. */
  | { readonly kind: 'unusable'; readonly reason: string };

/** Reads a private key: OpenSSH's own format, PEM (PKCS#1, SEC 1, PKCS#8) or PuTTY's. */
export async function readKeyFile(path: string): Promise<KeyFile> {
  const file = await readLocalFile(path);
  if (file.kind !== 'read') return file;
  const { bytes } = file;
  const plain = parse(bytes, null);
  if (!(plain instanceof Error)) return { kind: 'key', key: plain };
  if (!isEncrypted(bytes, plain)) return { kind: 'unusable', reason: plain.message };
  if (takesTooLong(bytes))
    return { kind: 'unusable', reason: 'its passphrase is worked over too often (ssh-keygen -a)' };
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
    const [key] = [parsed].flat();
    if (key === undefined) return new Error('The file holds no key');
    if (key instanceof Error) return key;
    return key.isPrivateKey() ? key : new Error('The file holds a public key, not the private one');
  } catch (error) {
    // A wrong passphrase of an old PEM file surfaces as a padding error of the cipher.
    return error instanceof Error ? error : new Error(errorText(error));
  }
}

/** ssh2 reads no PKCS#8; Node does, and writes the older forms ssh2 knows. Ed25519 has none: it gets OpenSSH's own. */
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
    case 'ed25519':
      return opensshEd25519(key);
    default:
      throw new Error(`SSH knows no keys of type ${key.asymmetricKeyType ?? 'unknown'}`);
  }
}

/** An Ed25519 key in OpenSSH's format, without a passphrase (OpenSSH, PROTOCOL.key). It never leaves the memory. */
function opensshEd25519(key: KeyObject): string {
  const jwk = key.export({ format: 'jwk' });
  const [secret, open] = [jwk.d ?? '', jwk.x ?? ''].map((part) => Buffer.from(part, 'base64url'));
  if (secret?.length !== 32 || open?.length !== 32) throw new Error('The Ed25519 key is damaged');
  const type = 'ssh-ed25519';
  const shown = Buffer.concat([sized(type), sized(open)]);
  // Two equal numbers tell a right passphrase from a wrong one; there is none here.
  const hidden = [Buffer.alloc(8), shown, sized(Buffer.concat([secret, open])), sized('')];
  const length = hidden.reduce((sum, part) => sum + part.length, 0);
  const padding = Buffer.from(Array.from({ length: (8 - (length % 8)) % 8 }, (_, index) => index + 1));
  const blob = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...[sized('none'), sized('none'), sized(''), Buffer.from([0, 0, 0, 1]), sized(shown)],
    sized(Buffer.concat([...hidden, padding])),
  ]);
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join(
    '\n',
  );
}

/** A string as SSH writes it: its length first (RFC 4251, 5). */
function sized(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

const isEncrypted = (bytes: Buffer, error: Error): boolean =>
  /no passphrase given/i.test(error.message) || /ENCRYPTED/.test(bytes.toString('latin1', 0, 400));
