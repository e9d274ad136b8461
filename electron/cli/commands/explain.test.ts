import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../run';
import { plain } from '../text/paint';
import type { World } from '../base/world';
import { inOwnFolder } from '../../../test/support/own-folder';

let folder: string;
inOwnFolder('explain', (made) => (folder = made));

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
    expect(alone.out).toMatch(/unknown {2}Rounds succeed; what idm-a\S+ says of them is in its own log/);
    expect(alone.out).toContain('--supplier LOG');
    const early = await explain({ consumer: stamped(log.split('\n')), supplier: stamped([log], -60_000) });
    expect(early.out).toMatch(/unknown {2}Rounds succeed, but supplier.log ends before the newest of them/);
    expect(early.out + alone.out).not.toContain('Check the connection');
  });

  it('reads a log that PowerShell saved', async () => {
    const log = recorded('log-incremental-with-change-b');
    const file = join(folder, 'utf16.log');
    writeFileSync(file, Buffer.from(`\ufeff${log.replaceAll('\n', '\r\n')}`, 'utf16le'));
    const { code, out } = await explain({}, '--consumer', file);
    expect(code).toBe(0);
    expect(out).toContain('from idm-a.example.com:8444  unknown');
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

  /** As `journalctl` prints it, hours off UTC, across a New Year. */
  const short = (lines: readonly string[], hours: number): string =>
    lines
      .map((line, index) => {
        const at = new Date(Date.parse('2026-01-01T00:00:00Z') + hours * 3_600_000 + (index - 3) * 1000);
        const day = `${at.toLocaleString('en', { month: 'short', timeZone: 'UTC' })} ${String(at.getUTCDate()).padStart(2)}`;
        return `${day} ${at.toISOString().slice(11, 19)} idm-b kanidmd[7]: ${line}`;
      })
      .join('\n');

  it('says what times without a year and a zone leave open, and crosses New Year', async () => {
    const lines = recorded('log-incremental-with-change-b').trimEnd().split('\n');
    const { out } = await explain({ consumer: short(lines, 0) });
    expect(out).toMatch(/lines, 2025-12-31 23:59:57 to 2026-01-01 00:\d\d:\d\d, zone not known/);
    expect(out).toContain('Its times name neither year nor zone. The newest year that fits is taken.');
    expect(out).toContain('journalctl --output=short-iso-precise');
    const named = await explain({ consumer: stamped(lines) });
    expect(named.out).toMatch(/ to 2026-11-18 \d\d:\d\d:\d\d UTC/);
    expect(named.out).not.toContain('zone');
  });

  it('compares a log that names its zone with one that does not by their order alone', async () => {
    const { consumer, supplier } = field('44-green-but-supplier-lagging');
    // The supplier's clock is five hours ahead: compared as they stand, its log would lie in another year than the consumer's.
    const { code, out } = await explain({ consumer: stamped(consumer), supplier: short(supplier, 5) });
    expect(code).toBe(2);
    expect(out).toMatch(/broken .*supplier is behind/);
    expect(out).toContain('compared by their order alone');
    const alike = await explain({ consumer: short(consumer, 5), supplier: short(supplier, 5) });
    expect(alike.out).toContain('taken to be of one zone');
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
    expect(other.out).not.toContain('pulls from nobody');
    const missing = await explain({}, '--consumer', join(folder, 'none.log'), '--json');
    expect(missing.code).toBe(1);
    expect(JSON.parse(missing.out)).toMatchObject({ ends: [], problems: [{ code: 'file-unreadable' }] });
    expect((await explain({})).code).toBe(64);
  });
});
