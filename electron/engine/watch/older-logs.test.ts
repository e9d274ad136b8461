import { afterEach, expect, it } from 'vitest';
import { type FakeFleet, fakeFleet } from '../../../test/support/fake-fleet';
import type { Trouble } from '../connect/fake/fake-trouble';
import { asks, type LogLineView } from '../../../shared/ipc';
import type { OlderLines, ReadingBack } from '../../../shared/ipc/older-lines';
import type { Result } from '../../../shared/base/result';
import { systemClock } from '../base/time';
import { createEngine } from '../create-engine';
import { inOwnFolder } from '../../../test/support/own-folder';

let configDir: string;
const engines: ReturnType<typeof createEngine>[] = [];
inOwnFolder('older', (made) => (configDir = made));
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

/** Reads back as the window does, on what it holds. */
function reader(fleet: FakeFleet) {
  const engine = createEngine({
    ...{ home: configDir, env: {}, configDir, log: () => undefined, practiceProgram: [] },
    prompter: { acceptHostKey: async () => false, secret: async () => null },
    open: fleet.open,
  });
  engines.push(engine);
  let held: LogLineView[] = [];
  const before = systemClock.now() * 1000;
  const reached = new Map<string, number>();
  const read = async (): Promise<Result<OlderLines>> => {
    const oldest = new Map([...held].reverse().map(({ server, at }) => [server, at]));
    const places = [
      ...[...oldest].map(([server, at]) => ({ server, at, clock: 'its' as const })),
      ...[...reached].map(([server, at]) => ({ server, at, clock: 'ours' as const })),
    ];
    const back: ReadingBack = { before, servers: places };
    const call = { signal: new AbortController().signal, timeoutMs: 10_000 };
    const answer = await engine.olderLogs(fleet.text, back, call);
    if (!answer.ok) return answer;
    expect(asks['logs.older'].answer.safeParse(answer).success).toBe(true);
    for (const { server, fault } of answer.value.servers)
      if (fault === null) reached.set(server, answer.value.from);
    const known = new Set(held.map((line) => `${line.server} ${line.key}`));
    held = [...answer.value.lines.filter((line) => !known.has(`${line.server} ${line.key}`)), ...held];
    return answer;
  };
  return { read, held: () => held };
}

/** `count` lines of a server from two minutes ago on, `step` milliseconds apart. */
function write(fleet: FakeFleet, id: string, count: number, step: number): void {
  const log = fleet.servers.find((it) => it.id === id)?.log;
  const first = systemClock.now() - 110_000;
  for (let n = 0; n < count; n += 1) log?.write(`${id} line ${n}`, first + n * step);
}
const numbers = (lines: readonly LogLineView[], id: string): readonly number[] =>
  lines.flatMap(({ raw }) => (raw.startsWith(`${id} line `) ? [Number(raw.split(' ')[2])] : []));
const tooSlow: Trouble = (asked) =>
  asked === 'logsBefore'
    ? { fails: { code: 'timed-out', message: 'Too slow.', fix: 'Wait.', where: {} } }
    : null;
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);

it('reads back step by step, by time, and leaves nothing out between servers that log unequally much', async () => {
  const fleet = fakeFleet({ 'idm-a': [], 'idm-b': [] }, [['idm-a', 'idm-b']]);
  write(fleet, 'idm-a', 6000, 10);
  write(fleet, 'idm-b', 60, 1000);
  const { read, held } = reader(fleet);

  const first = await read();
  if (!first.ok) throw new Error(first.error.message);
  expect(numbers(first.value.lines, 'idm-a')).toEqual(upTo(6000).slice(3500));
  // Of idm-b only what idm-a was read back to.
  expect(numbers(first.value.lines, 'idm-b')).toEqual(upTo(60).slice(35));
  expect(first.value.servers.map(({ more }) => more)).toEqual([true, true]);
  const times = first.value.lines.map(({ at, offset }) => at - offset);
  expect(times).toEqual([...times].sort((a, b) => a - b));

  for (let more = true, tries = 0; more && tries < 9; tries += 1) {
    const next = await read();
    if (!next.ok) throw new Error(next.error.message);
    more = next.value.servers.some((server) => server.more);
  }
  expect(numbers(held(), 'idm-a')).toEqual(upTo(6000));
  expect(numbers(held(), 'idm-b')).toEqual(upTo(60));
});

it('reads the others where one cannot be read, says so, and fills the gap when it can', async () => {
  let broken = true;
  const fleet = fakeFleet({ 'idm-a': [], 'idm-b': [] }, [['idm-a', 'idm-b']], (id) =>
    id === 'idm-b' ? (asked) => (broken ? tooSlow(asked) : null) : () => null,
  );
  write(fleet, 'idm-a', 10, 10);
  write(fleet, 'idm-b', 10, 10);
  const { read, held } = reader(fleet);
  const answer = await read();
  expect(answer).toMatchObject({
    ok: true,
    value: {
      servers: [
        { server: 'idm-a', more: false, fault: null },
        { server: 'idm-b', more: true, fault: { code: 'timed-out', where: { server: 'idm-b' } } },
      ],
    },
  });
  expect(numbers(held(), 'idm-b')).toEqual([]);
  broken = false;
  await read();
  expect(numbers(held(), 'idm-b')).toEqual(upTo(10));
  expect(numbers(held(), 'idm-a')).toEqual(upTo(10));
});

it('is a fault where none can be read', async () => {
  const fleet = fakeFleet({ 'idm-a': [] }, [], () => tooSlow);
  expect(await reader(fleet).read()).toMatchObject({ ok: false, error: { code: 'timed-out' } });
});
