import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readLine } from '../../../shared/kanidmd/log-line';
import { LineGroups } from './line-groups';

const recorded = (name: string): readonly string[] =>
  readFileSync(new URL(`../../../test/recorded/${name}`, import.meta.url), 'utf8')
    .split('\n')
    .filter(Boolean);

/** The groups of lines that come 10 ms apart. */
function groupsOf(
  lines: readonly string[],
): readonly { readonly text: string; readonly group: string | null }[] {
  const groups = new LineGroups();
  return lines.map((text, n) => ({
    text,
    group: groups.of({ cursor: String(n), at: n * 10_000 }, readLine(text)),
  }));
}

it.each(['1.10.5', '1.11.1'])(
  'a start of %s is one group, from its first line until it serves',
  (version) => {
    const lines = groupsOf(recorded(`kanidmd-${version}/log-b-before-refresh.log`));
    const first = lines.findIndex(({ text }) => text.includes('Starting Kanidmd'));
    const ready = lines.findIndex(({ text }) => /ready to rock/i.test(text));
    expect(first).toBeGreaterThanOrEqual(0);
    expect(new Set(lines.slice(first, ready + 1).map(({ group }) => group)).size).toBe(1);
    expect(lines[ready + 1]?.group).not.toBe(lines[ready]?.group);
  },
);

it('a start of 1.2.0, which does not say that it starts, is one group, from its configuration on', () => {
  const lines = groupsOf(recorded('kanidmd-1.2.0/log-refresh-b.log'));
  const first = lines.findIndex(({ text }) => text.includes('Starting kanidm with configuration: '));
  const ready = lines.findIndex(({ text }) => /ready to rock/i.test(text));
  expect(first).toBeGreaterThanOrEqual(0);
  expect(new Set(lines.slice(first, ready + 1).map(({ group }) => group)).size).toBe(1);
  expect(lines[ready + 1]?.group).not.toBe(lines[ready]?.group);
});

it('a round is a group of its own, whatever goes on around it', () => {
  const lines = groupsOf([
    '00000000-0000-0000-0000-000000000000 INFO     ｉ [info]: Starting Kanidmd | version: 1.10.5',
    ...recorded('kanidmd-1.10.5/log-incremental-with-change-b.log'),
  ]);
  const round = lines.filter(({ text }) => /repl_run_consumer|Incremental Replication Success/.test(text));
  expect(round.length).toBeGreaterThan(1);
  for (const { text, group } of round) expect(text.startsWith(group ?? '?'), text).toBe(true);
});

it('a start that never ends does not take in what comes later', () => {
  const groups = new LineGroups();
  const read = readLine(
    '00000000-0000-0000-0000-000000000000 INFO     ｉ [info]: Starting Kanidmd | version: 1.10.5',
  );
  expect(groups.of({ cursor: 'c', at: 0 }, read)).toBe('start/c');
  const later = readLine('00000000-0000-0000-0000-000000000000 ERROR    🚨 [error]: something broke');
  expect(groups.of({ cursor: 'd', at: 1_000_000 }, later)).toBe('start/c');
  expect(groups.of({ cursor: 'e', at: 121_000_000 }, later)).toBeNull();
});
