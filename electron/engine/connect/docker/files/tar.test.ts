import { PassThrough, Readable } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { buildTar, readFirstEntry, type TarEntry } from './tar';

const at = new Date('2026-01-02T03:04:05Z');
const owner = { uid: 1234, gid: 99, mode: 0o460 };

async function headersOf(tar: Buffer): Promise<Partial<Header>[]> {
  const reader = extract();
  Readable.from([tar]).pipe(reader as unknown as NodeJS.WritableStream);
  const found: Partial<Header>[] = [];
  for await (const entry of reader) {
    const { name, type, linkname, uid, gid, mode, size } = entry.header;
    found.push({ name, type, linkname, uid, gid, mode, size });
    entry.resume();
  }
  return found;
}

describe('a tar for the archive API', () => {
  it('carries owner and mode of files, folders and hard links', async () => {
    const entries: TarEntry[] = [
      { kind: 'folder', name: '.kanilink', owner: { ...owner, mode: 0o700 } },
      { kind: 'file', name: '.kanilink/server.toml', owner, bytes: new TextEncoder().encode('a = "ä"\n') },
      { kind: 'hard-link', name: 'server.toml', to: '.kanilink/server.toml', owner },
    ];
    const { uid, gid, mode } = owner;
    expect(await headersOf(await buildTar(entries, at))).toEqual([
      { name: '.kanilink', type: 'directory', linkname: null, uid, gid, mode: 0o700, size: 0 },
      { name: '.kanilink/server.toml', type: 'file', linkname: null, uid, gid, mode, size: 9 },
      { name: 'server.toml', type: 'link', linkname: '.kanilink/server.toml', uid, gid, mode, size: 0 },
    ]);
  });

  it('keeps names that a header has no room for, and odd ones', async () => {
    const names = [`${'long/'.repeat(60)}server.toml`, '-rf $(id) "quoted"\n', 'ü ü'];
    for (const name of names) {
      const tar = await buildTar([{ kind: 'file', name, owner, bytes: Buffer.from('x') }], at);
      expect((await headersOf(tar))[0]?.name).toBe(name);
    }
  });
});

describe('reading the first entry', () => {
  const file = (size: number) =>
    buildTar([{ kind: 'file', name: 'f', owner, bytes: Buffer.alloc(size, 'a') }], at);

  it('gives a file whole', async () => {
    const entry = await readFirstEntry(Readable.from([await file(10_000)]), 10_000);
    expect(entry.kind === 'entry' && entry.bytes.length).toBe(10_000);
  });

  it('leaves a file that is too large as soon as its header says so', async () => {
    const stream = new PassThrough();
    stream.write((await file(1_000_000)).subarray(0, 2048));
    expect(await readFirstEntry(stream, 999_999)).toMatchObject({ kind: 'too-large' });
    expect(stream.destroyed).toBe(true);
  });

  it('never passes a cut stream for a shorter file', async () => {
    const tar = await file(10_000);
    for (const size of [0, 300, 512, 600, 5_000, 10_511])
      expect(
        await readFirstEntry(Readable.from([tar.subarray(0, size)]), 20_000),
        `${size} bytes`,
      ).toMatchObject({
        kind: 'cut',
      });
  });

  it('says that a stream broke', async () => {
    const stream = new PassThrough();
    stream.write((await file(10_000)).subarray(0, 1024));
    const reading = readFirstEntry(stream, 20_000);
    setImmediate(() => stream.destroy(new Error('cut off')));
    expect(await reading).toEqual({ kind: 'cut', reason: 'cut off' });
  });
});
