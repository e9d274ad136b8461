import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../run';
import { plain } from '../text/paint';
import type { World } from '../base/world';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'kanilink-explain-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const root = new URL('../../../', import.meta.url);
const recorded = (name: string): string =>
  readFileSync(new URL(`test/recorded/kanidmd-1.10.5/${name}.log`, root), 'utf8');
const field = (name: string): { consumer: string[]; supplier: string[] } =>
  JSON.parse(readFileSync(new URL(`test/field/logs/${name}.json`, root), 'utf8')) as never;

async function explain(logs: Readonly<Record<string, string>>, ...more: readonly string[]) {
  const words = Object.entries(logs).flatMap(([option, text]) => {
    const file = join(folder, `${option}.log`);
    writeFileSync(file, text);
    return [`--${option}`, file];
  });
  const printed: string[] = [];
  const said: string[] = [];
  const print = (it: string) => void printed.push(it);
  const say = (it: string) => void said.push(it);
  const engine = { close: () => Promise.resolve() };
  const world = { print, say, paint: plain, engine, now: () => Date.parse('2026-11-29') } as unknown as World;
  const code = await run(['explain', ...words, ...more], { print, say, version: '0', open: () => world });
  return { code, out: printed.join('\n'), said: said.join('\n') };
}

/** As `docker logs --timestamps` prints it. */
const stamped = (lines: readonly string[], from = 0): string =>
  lines
    .map((line, index) => `${new Date(1_795_000_000_000 + from + index).toISOString()} ${line}`)
    .join('\n');

describe('kanilink explain', () => {
  it('says of good rounds that they are good, and never that the pull replicates', async () => {
    const log = recorded('log-incremental-with-change-b');
    const { code, out } = await explain({ consumer: log, supplier: recorded('log-repinned-a') });
    expect(code).toBe(0);
    expect(out).toContain('from idm-a.example.com:8444  unknown  Its rounds succeed to the end of the log');
    expect(out).not.toContain('replicating');
    const alone = await explain({ consumer: log });
    expect(alone.out).toMatch(/unknown {2}Rounds succeed, but .* log could not be read/);
  });

  it('finds in the supplier’s log what the consumer’s does not say', async () => {
    const { consumer, supplier } = field('44-green-but-supplier-lagging');
    for (const [mine, theirs] of [
      [consumer.join('\n'), supplier.join('\n')],
      [
        stamped(consumer),
        `${stamped(supplier.slice(0, 2), -3_600_000)}\n${stamped(supplier.slice(2), consumer.length)}`,
      ],
    ] as const) {
      const { code, out } = await explain({ consumer: mine, supplier: theirs });
      expect(code).toBe(2);
      expect(out).toMatch(/broken .*supplier is behind/);
    }
  });

  it.each([
    ['01-expired', 'broken', /supplier’s certificate has expired/],
    ['12-unknown-client', 'broken', /does not know this consumer/],
    ['13-unresolvable', 'broken', /name cannot be resolved/],
    ['23-kaniop68', 'needs-refresh', /another database/],
  ])('judges %s as the live view does: %s', async (name, health, cause) => {
    const { code, out } = await explain({ consumer: field(name).consumer.join('\n') }, '--json');
    expect(code).toBe(2);
    const [end] = (JSON.parse(out) as { ends: { pulls: { health: string; cause: string }[] }[] }).ends;
    expect(end?.pulls[0]).toMatchObject({ health, cause: expect.stringMatching(cause) as string });
  });

  it('claims no time that the log does not have', async () => {
    const { out } = await explain({ consumer: recorded('log-incremental-with-change-b') }, '--json');
    const { ends } = JSON.parse(out) as { ends: object[] };
    expect(ends[0]).toMatchObject({ timed: false, from: null, to: null, startedAt: null });
    expect(out).not.toMatch(/"(at|lastSuccess)": [^n]/);
  });

  it('says that a file is no log of kanidmd, or cannot be read', async () => {
    const other = await explain({ consumer: 'hello\nworld\n' });
    expect(other).toMatchObject({ code: 1, out: expect.stringContaining('no line of kanidmd') as string });
    const missing = await explain({}, '--consumer', join(folder, 'none.log'), '--json');
    expect(missing.code).toBe(1);
    expect(JSON.parse(missing.out)).toMatchObject({ ends: [], problems: [{ code: 'file-unreadable' }] });
    expect((await explain({})).code).toBe(64);
  });
});
