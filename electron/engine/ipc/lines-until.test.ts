import { expect, it } from 'vitest';
import { each } from '../base/batches';
import type { LogLineView } from '../../../shared/ipc';
import { ok, type Result } from '../../../shared/base/result';
import { linesUntil } from './lines-until';

const line = (at: number, offset = 0): LogLineView => ({
  ...{ key: `c${at}`, at: at * 1000, offset: offset * 1000, server: 'idm-a', group: null, bootstrap: null },
  ...{ level: 'info', meaning: '', raw: `line ${at}`, pull: null },
});
async function told(of: AsyncIterable<readonly Result<LogLineView>[]>) {
  const lines: string[] = [];
  for await (const one of each(of)) lines.push(one.ok ? one.value.raw || one.value.meaning : one.error.code);
  return lines;
}

it('ends at its time by our clock, and reads no further', async () => {
  let left = false;
  async function* lines() {
    try {
      for (const one of [line(1), line(5, 3), line(4), line(9)]) yield [ok(one)];
      throw new Error('read too far');
    } finally {
      left = true;
    }
  }
  expect(await told(linesUntil(lines(), 4))).toEqual(['line 1', 'line 5', 'line 4']);
  expect(left).toBe(true);
});

it('tells no more than it may, and says so', async () => {
  async function* endless() {
    for (let at = 1; ; at += 1) yield [ok(line(at))];
  }
  const lines = await told(linesUntil(endless(), 1e9, 3));
  expect(lines).toEqual(['line 1', 'line 2', 'line 3', expect.stringContaining('Only the first 3')]);
});

it('tells of a very long line its beginning, and no more characters than it may', async () => {
  const raw = 'x'.repeat(300_000);
  async function* long() {
    for (let at = 1; ; at += 1) yield [ok({ ...line(at), raw })];
  }
  const lines = await told(linesUntil(long(), 1e9));
  expect(lines.length).toBeGreaterThan(3000);
  expect(lines.reduce((sum, one) => sum + one.length, 0)).toBeLessThan(8_001_000);
  expect(lines[0]).toBe(`${'x'.repeat(2000)}…`);
  expect(lines.at(-1)).toContain('Only the first');
});
