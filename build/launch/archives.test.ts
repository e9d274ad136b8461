import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { pack } from 'tar-stream';
import { buffer } from 'node:stream/consumers';
import { extractFromTarGz } from './tar.mjs';
import { unzip } from './zip.mjs';
import { inOwnFolder } from '../../test/support/own-folder';

let folder: string;
inOwnFolder('archives', (made) => (folder = made));

describe('a file in a .tar.gz', () => {
  const big = Buffer.alloc(300_001, 'kanilink');

  async function archive() {
    const tar = pack();
    tar.entry({ name: 'package/package.json' }, '{}');
    tar.entry({ name: 'package/empty' }, '');
    tar.entry({ name: 'package/app.zip' }, big);
    tar.finalize();
    return gzipSync(await buffer(tar));
  }

  test.each([
    ['package/app.zip', big],
    ['package/empty', Buffer.alloc(0)],
  ])('%s comes out as it went in', async (name, content) => {
    writeFileSync(join(folder, 'a.tgz'), await archive());
    await extractFromTarGz(join(folder, 'a.tgz'), name, join(folder, 'out'));
    expect(readFileSync(join(folder, 'out')).equals(content)).toBe(true);
  });

  test('that is not there is an error', async () => {
    writeFileSync(join(folder, 'a.tgz'), await archive());
    const taken = extractFromTarGz(join(folder, 'a.tgz'), 'package/other', join(folder, 'out'));
    await expect(taken).rejects.toThrow('holds no package/other');
  });

  test('that is cut short is an error', async () => {
    const whole = await archive();
    writeFileSync(join(folder, 'a.tgz'), whole.subarray(0, whole.length - 200));
    const taken = extractFromTarGz(join(folder, 'a.tgz'), 'package/app.zip', join(folder, 'out'));
    await expect(taken).rejects.toThrow();
  });
});

interface Entry {
  readonly name: string;
  readonly content: string;
  readonly mode?: number;
  readonly stored?: boolean;
  readonly crc?: number;
}

/** Writes a zip file as APPNOTE.TXT describes it: local headers with their content, the directory, its end. */
function zip(entries: readonly Entry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, content, mode = 0o100644, stored = false, crc } of entries) {
    const packed = stored ? Buffer.from(content) : deflateRawSync(content);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(stored ? 0 : 8, 4);
    fields.writeUInt32LE(crc ?? crc32(content), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(Buffer.byteLength(content), 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(mode * 0x10000, 6);
    tail.writeUInt32LE(at, 10);
    directory.push(
      Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), fields, tail, Buffer.from(name)]),
    );
    locals.push(local);
    at += local.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

describe('a zip file', () => {
  const unpack = async (entries: readonly Entry[], rename = (name: string): string | undefined => name) => {
    writeFileSync(join(folder, 'a.zip'), zip(entries));
    await unzip(join(folder, 'a.zip'), join(folder, 'out'), rename);
  };

  test('gives back content, modes, empty files, folders and symbolic links', async () => {
    const long = 'x'.repeat(200_000);
    await unpack([
      { name: 'bin/', content: '', mode: 0o40755, stored: true },
      { name: 'bin/electron', content: long, mode: 0o100755 },
      { name: 'deep/er/stored.txt', content: 'as it is', stored: true },
      { name: 'empty', content: '', stored: true },
      { name: 'link', content: 'bin/electron', mode: 0o120777, stored: true },
    ]);
    expect(readFileSync(join(folder, 'out/bin/electron'), 'utf8')).toBe(long);
    expect(statSync(join(folder, 'out/bin/electron')).mode & 0o777).toBe(0o755);
    expect(statSync(join(folder, 'out/deep/er/stored.txt')).mode & 0o777).toBe(0o644);
    expect(readFileSync(join(folder, 'out/deep/er/stored.txt'), 'utf8')).toBe('as it is');
    expect(statSync(join(folder, 'out/empty')).size).toBe(0);
    expect(lstatSync(join(folder, 'out/link')).isSymbolicLink()).toBe(true);
    expect(readlinkSync(join(folder, 'out/link'))).toBe('bin/electron');
  });

  test('is unpacked under other names, or in part', async () => {
    const entries = [
      { name: 'a/keep', content: '1' },
      { name: 'a/leave', content: '2' },
    ];
    await unpack(entries, (name) => (name === 'a/keep' ? 'kept' : undefined));
    expect(readdirSync(join(folder, 'out'))).toEqual(['kept']);
  });

  test.each(['../outside', 'a/../../outside', '/outside', '..\\outside', 'C:\\outside'])(
    'never writes outside its folder: %s',
    async (name) => {
      await expect(unpack([{ name, content: 'x' }])).rejects.toThrow('outside the folder');
      expect(readdirSync(folder)).not.toContain('outside');
    },
  );

  test('with damaged content is an error', async () => {
    await expect(unpack([{ name: 'a', content: 'x', crc: 1 }])).rejects.toThrow('a is damaged');
  });

  test('that is none is an error', async () => {
    writeFileSync(join(folder, 'b.zip'), 'not a zip file at all');
    await expect(unzip(join(folder, 'b.zip'), folder, (name) => name)).rejects.toThrow('is not a zip file');
  });
});
