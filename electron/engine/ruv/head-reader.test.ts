import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { HeadReader } from './head-reader';

const cid = { s: 'a', t: { secs: 2, nanos: 0 } };
const backup = {
  ...{ version: '1.10', db_s_uuid: 'a', db_d_uuid: 'd', db_ts_max: cid.t },
  // Text that looks like the mark, within a text.
  keyhandles: { odd: '"entries":[' },
  repl_meta: { V1: { ruv: [cid] } },
  entries: Array.from({ length: 5_000 }, (_, index) => ({ index, more: Math.random() })),
};
const text = Buffer.from(JSON.stringify(backup));

async function read(bytes: Uint8Array, size: number) {
  const reader = new HeadReader();
  let taken = 0;
  for (let at = 0; at < bytes.length; at += size) {
    taken = at + size;
    if (reader.take(bytes.subarray(at, at + size))) break;
    // Pieces come one after the other, never in one turn; unpacking has a thread of its own, which gets its time.
    if (size === 512) await new Promise((resolve) => setTimeout(resolve, 10));
    else if (size > 1 || at % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return { head: await reader.end(), taken };
}

it.each([
  ['packed', gzipSync(text, { level: 9 })],
  ['as it is', text],
])('is read %s, however it is cut, and no further', async (_, bytes) => {
  for (const size of [1, 7, 512, bytes.length]) {
    const { head, taken } = await read(bytes, size);
    expect(head).toMatchObject({ result: 'read', known: { serverUuid: 'a', domainUuid: 'd' } });
    if (size === 512) expect(taken).toBeLessThan(bytes.length / 2);
  }
});

it('that is cut, no backup, or nothing, says so', async () => {
  expect((await read(gzipSync(text).subarray(0, 60), 20)).head.result).toBe('unreadable');
  expect((await read(text.subarray(0, 60), 20)).head.result).toBe('unreadable');
  expect((await read(Buffer.from('error: no such database\n'), 10)).head.result).toBe('unreadable');
  expect((await read(Buffer.from([0x1f, 0x8b, 0, 0, 0]), 10)).head.result).toBe('unreadable');
  expect((await read(Buffer.alloc(0), 1)).head).toEqual({ result: 'nothing' });
  const other = JSON.stringify({ ...backup, repl_meta: null });
  expect((await read(Buffer.from(other), 4096)).head.result).toBe('unreadable');
});

it('that never comes to its entries is left at its bound', async () => {
  const reader = new HeadReader();
  const spaces = Buffer.alloc(1024 * 1024, ' ');
  reader.take(Buffer.from('{'));
  let pieces = 0;
  while (!reader.take(spaces)) pieces += 1;
  expect(pieces).toBeLessThan(50);
  expect(await reader.end()).toMatchObject({ result: 'unreadable', why: expect.stringContaining('MiB') });
});
