import { expect, it } from 'vitest';
import { asks, type LogLineView } from '../../../shared/ipc';
import { togetherOf } from './older-together';

const line = (server: string, at: number): LogLineView => ({
  ...{ key: `${at}`, at, offset: 0, server, group: null, bootstrap: null, level: 'info' as const },
  ...{ meaning: '', raw: '', pull: null },
});

it('of more lines than are told at once, tells the newest, and whose others may be asked for', () => {
  const of = (n: number, from: number | null, times: readonly number[]) => ({
    ...{ server: `idm-${n}`, from, fault: null },
    lines: times.map((at) => line(`idm-${n}`, at)),
  });
  const parts = Array.from({ length: 600 }, (_, n) =>
    of(
      n,
      null,
      Array.from({ length: 20 }, (_item, index) => 1000 + index),
    ),
  );
  const answer = togetherOf([...parts, of(600, null, [5000])], 9000);
  expect(asks['logs.older'].answer.safeParse(answer).success).toBe(true);
  if (!answer.ok) throw new Error(answer.error.message);
  expect(answer.value.lines).toHaveLength(5000);
  expect(answer.value.from).toBe(1011);
  expect(answer.value.lines.at(-1)?.at).toBe(5000);
  expect(answer.value.servers[0]?.more).toBe(true);
  expect(answer.value.servers[600]?.more).toBe(false);
});
