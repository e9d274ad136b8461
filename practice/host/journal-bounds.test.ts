import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Journal } from './journal';
import type { JournalLine } from './journal-entry';
import { LineSplitter } from './line-splitter';
import { MachineClock } from './machine-clock';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kanilink-journal-'));
  path = join(folder, 'practice.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

const line = (message: string | Buffer): JournalLine => ({
  source: 'kanidmd',
  unit: 'kanidmd.service',
  pid: 7,
  invocationId: '0'.repeat(32),
  priority: 6,
  message,
  commandLine: 'kanidmd server',
});

function filled(count: number, capacity: number): Journal {
  const journal = new Journal(path, new MachineClock(), capacity);
  for (let number = 1; number <= count; number += 1) journal.append(line(`line ${number}`));
  return journal;
}

describe('the journal', () => {
  it('forgets the oldest lines, in memory and on disk', () => {
    const journal = filled(1_000, 100);
    expect(journal.next).toBe(1_001);
    expect(journal.next - journal.first).toBeLessThanOrEqual(110);
    expect(journal.at(1_000)?.message).toBe('line 1000');
    expect(journal.at(1)).toBeUndefined();
    journal.close();
    const kept = readdirSync(folder).flatMap((name) =>
      readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'),
    );
    expect(kept.length).toBeLessThanOrEqual(204);
  });

  it('leads a forgotten cursor to the oldest line that is left', () => {
    const journal = filled(1, 100);
    const entry = journal.at(1);
    const cursor = entry ? journal.cursor(entry) : '';
    for (let number = 2; number <= 500; number += 1) journal.append(line(`line ${number}`));
    expect(journal.after(cursor)).toBe(journal.first);
    expect(journal.first).toBeGreaterThan(1);
    journal.close();
  });

  it('goes on after a crash in the middle of a line', () => {
    const before = filled(3, 100);
    const second = before.at(2);
    const cursor = second ? before.cursor(second) : '';
    before.close();
    truncateSync(path, readFileSync(path).length - 10);
    const after = new Journal(path, new MachineClock(), 100);
    after.append(line('after the crash'));
    const next = after.after(cursor) ?? 0;
    expect(after.at(next)?.message).toBe('after the crash');
    after.close();
    const again = new Journal(path, new MachineClock(), 100);
    expect(again.at(next)?.message).toBe('after the crash');
    again.close();
  });

  it('keeps bytes that are no text', () => {
    const journal = filled(0, 100);
    journal.append(line(Buffer.from([0xff, 0x41])));
    journal.close();
    const again = new Journal(path, new MachineClock(), 100);
    expect(again.at(1)?.message).toEqual(Buffer.from([0xff, 0x41]));
    again.close();
  });
});

describe('cutting output into lines', () => {
  const cut = (...chunks: Buffer[]): (string | Buffer)[] => {
    const lines: (string | Buffer)[] = [];
    const splitter = new LineSplitter((one) => lines.push(one));
    for (const chunk of chunks) splitter.push(chunk);
    splitter.end();
    return lines;
  };

  it('joins what came in pieces, a character cut in two included', () => {
    const bytes = Buffer.from('eins\nzwei 🪨\n\ndrei');
    for (let place = 0; place <= bytes.length; place += 1) {
      expect(cut(bytes.subarray(0, place), bytes.subarray(place))).toEqual(['eins', 'zwei 🪨', 'drei']);
    }
  });

  it('cuts an endless line', () => {
    const lines = cut(Buffer.alloc(100_000, 'x'), Buffer.from('\nend\n'));
    expect(lines.map((one) => one.length)).toEqual([49_152, 49_152, 1_696, 3]);
  });
});
