import { generateKeyPairSync, randomBytes, sign, verify, createPublicKey } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readKeyFile } from './key-file';

describe('a key file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kanilink-keys-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const write = async (text: string | Buffer): Promise<string> => {
    const path = join(folder, randomBytes(4).toString('hex'));
    await writeFile(path, text);
    return path;
  };

  it('of Ed25519 in PKCS#8 signs as the key it is, locked or not', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const message = randomBytes(40);
    const plain = await readKeyFile(
      await write(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
    );
    const cipher = { cipher: 'aes-256-cbc', passphrase: 'right' } as const;
    const locked = await readKeyFile(
      await write(privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher }).toString()),
    );
    if (plain.kind !== 'key' || locked.kind !== 'encrypted') throw new Error(`${plain.kind} ${locked.kind}`);
    expect(locked.unlock('wrong')).toBeNull();
    for (const key of [plain.key, locked.unlock('right')]) {
      if (key === null) throw new Error('not unlocked');
      expect(key.type).toBe('ssh-ed25519');
      const signature = key.sign(message);
      if (signature instanceof Error) throw signature;
      expect(verify(null, message, createPublicKey(privateKey), signature)).toBe(true);
      expect(signature).toEqual(sign(null, message, privateKey));
    }
  });

  it('that SSH has no use for, or that is none, is said to be so', async () => {
    const { privateKey } = generateKeyPairSync('x25519');
    const other = await readKeyFile(
      await write(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
    );
    expect(other).toEqual({ kind: 'unusable', reason: 'SSH knows no keys of type x25519' });
    expect((await readKeyFile(await write('nothing'))).kind).toBe('unusable');
    expect(await readKeyFile(join(folder, 'none'))).toEqual({ kind: 'missing' });
  });
});
