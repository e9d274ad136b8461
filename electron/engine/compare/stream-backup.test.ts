import { randomBytes, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readBackup } from './read-backup';
import { streamBackup } from './stream-backup';

const MIB = 1024 * 1024;
const { signal } = new AbortController();
const HEAD =
  '{"version":"1.10.5","db_s_uuid":"s","db_d_uuid":"d0000000-0000-4000-8000-000000000000","repl_meta":{"V1":{"ruv":[]}},"entries":[';

const entry = (more: string): string =>
  `{"ent":{"V3":{"changestate":{"V1Live":{"at":{"s":"s","t":{"secs":1,"nanos":0}},"changes":{}}},"attrs":{"uuid":{"UU":["${randomUUID()}"]},"class":{"N8":["person"]},"more":{"UT":["${more}"]}}}}}`;

/** A pack may consist of many, one behind the other: so a big one is made in no time. */
const packed = (...pieces: readonly string[]): Uint8Array => Buffer.concat(pieces.map((it) => gzipSync(it)));
const repeated = (before: string, piece: string, times: number): Uint8Array => {
  const one = gzipSync(piece);
  return Buffer.concat([gzipSync(before), ...Array.from({ length: times }, () => one)]);
};

/** What this process computed since, in milliseconds: the clock on the wall tells how busy the machine is. */
const computing = (): (() => number) => {
  const since = process.cpuUsage();
  return () => process.cpuUsage(since).user / 1000;
};

function* backupOf(entries: number, more: () => string): Iterable<string> {
  yield HEAD;
  for (let at = 0; at < entries; at++) yield `${at === 0 ? '' : ','}${entry(more())}`;
  yield ']}';
}

const read = (bytes: Uint8Array, database: number | null = null) =>
  streamBackup(bytes, { database }, ['db_d_uuid'], () => null, signal);

describe('a backup that is read piece by piece', () => {
  it('may be as large as an honest one is, held a value at a time', async () => {
    // As real entries do: much of the same, and credentials that no packing makes smaller.
    const filler = 'the same in every entry, as names of attributes are; '.repeat(150);
    const bytes = packed(...backupOf(2_000, () => filler + randomBytes(600).toString('hex')));
    let entries = 0;
    const take = ({ key }: { readonly key: string | null }): null => {
      if (key === null) entries += 1;
      return null;
    };
    const before = process.memoryUsage().rss;
    expect(await streamBackup(bytes, { database: 20 * MIB }, ['db_d_uuid'], take, signal)).toEqual({
      result: 'read',
    });
    expect(entries).toBe(2_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * MIB);
  });

  it.each([
    ['one endless text', `${HEAD}{"ent":"`, 'a'.repeat(MIB)],
    ['one endless list', `${HEAD}{"ent":[`, '1,'.repeat(MIB / 2)],
    ['blanks without end', HEAD, ' '.repeat(MIB)],
  ])(
    'that is a bomb, %s of a gigabyte, is refused after seconds of computing and in little memory',
    async (_, before, piece) => {
      const bytes = repeated(before, piece, 1024);
      const [rss, took] = [process.memoryUsage().rss, computing()];
      const ended = await read(bytes, 10 * MIB);
      expect(ended.result).toBe('beyond-bounds');
      expect(took()).toBeLessThan(5_000);
      expect(process.memoryUsage().rss - rss).toBeLessThan(200 * MIB);
    },
  );

  it('that repeats entries without end is refused by how far it unpacks, and by the size of its database', async () => {
    const one = `${entry('x'.repeat(1000))},`.repeat(800);
    const bytes = repeated(HEAD, one, 400);
    expect(bytes.length).toBeLessThan(4 * MIB);
    const took = computing();
    expect(await read(bytes, MIB)).toEqual({
      result: 'beyond-bounds',
      why: expect.stringContaining('unpacks to more than 256 MiB') as string,
    });
    expect(took()).toBeLessThan(5_000);
  });

  it('is bounded in depth', async () => {
    const deep = gzipSync(`${HEAD}${'['.repeat(1_000_000)}`);
    expect(await read(deep)).toMatchObject({
      result: 'beyond-bounds',
      why: expect.stringContaining('deep') as string,
    });
  });

  it('may be plain JSON, as kanidmd before 1.8 writes it, and later where it is told to', async () => {
    const text = Buffer.from([...backupOf(3, () => '')].join(''));
    expect(await read(text)).toEqual({ result: 'read' });
    expect((await read(text.subarray(0, 300))).result).toBe('unreadable');
    expect((await read(new Uint8Array())).result).toBe('unreadable');
  });

  it('is unreadable only when it is cut, or no gzip, or no JSON', async () => {
    const whole = packed(...backupOf(3, () => ''));
    expect(await read(whole)).toEqual({ result: 'read' });
    for (const bad of [whole.subarray(0, 100), gzipSync(HEAD), gzipSync('nonsense'), new Uint8Array([1, 2])])
      expect((await read(bad)).result).toBe('unreadable');
  });

  it('has no moment in it that no date can be', async () => {
    for (const at of [`"secs":1${'0'.repeat(300)},"nanos":0`, '"secs":8640000000000,"nanos":999999999']) {
      const text = [...backupOf(1, () => '')].join('').replace('"secs":1,"nanos":0', at);
      const backup = await readBackup(gzipSync(text), new Set(), { database: null }, signal);
      expect(backup).toMatchObject({ ok: false, error: { code: 'backup-format-unknown' } });
    }
  });
});
