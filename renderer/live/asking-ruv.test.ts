import { expect, it } from 'vitest';
import { fail, ok, type Result } from '../../shared/base/result';
import type { RuvReport } from '../../shared/ruv/ruv';
import type { IpcClient } from '../bridge/ipc-client';
import { AskingRuv, ruvRows, whyNotRead } from './asking-ruv.svelte';

const fleet = { path: null, text: '' };
const cancelled = fail({ code: 'cancelled', message: 'Cancelled.', fix: '', where: {} });

function asking() {
  let [asked, answer]: [number, (result: Result<unknown>) => void] = [0, () => undefined];
  const client = {
    ask: (_: string, __: unknown, { signal }: { signal: AbortSignal }) => {
      asked += 1;
      return new Promise((resolve) => {
        answer = resolve;
        signal.addEventListener('abort', () => resolve(cancelled));
      });
    },
  } as unknown as IpcClient;
  return { ruv: new AskingRuv(client), asked: () => asked, answer: (it: Result<unknown>) => answer(it) };
}

const said = { fix: '', at: '2026-11-29T03:00:00.000Z', newest: null };
const report: RuvReport = {
  servers: [
    { ...said, server: 'idm-a', state: 'went-back', cause: 'It was restored.', fix: 'Choose.' },
    { ...said, server: 'idm-b', state: 'read', cause: 'It knows 9 changes.' },
  ],
  pulls: [
    { consumer: 'idm-b', supplier: 'idm-a', changes: 2, seconds: 4, cause: 'It lacks 2.', fix: '' },
    { consumer: 'idm-a', supplier: 'idm-b', changes: 0, seconds: 0, cause: 'All.', fix: '' },
    { consumer: 'idm-c', supplier: 'idm-b', changes: null, seconds: null, cause: 'Not read.', fix: '' },
  ],
};

it('looks once at a time, and shows what the look brought', async () => {
  const { ruv, asked, answer } = asking();
  const first = ruv.ask(fleet);
  void ruv.ask(fleet);
  expect([asked(), ruv.running]).toEqual([1, true]);
  answer(ok(report));
  await first;
  expect([ruv.running, ruv.report]).toEqual([false, report]);
  expect(ruvRows(report).map(({ name, tone }) => [name, tone])).toEqual([
    ['idm-a', 'bad'],
    ['idm-b', 'good'],
    ['idm-b ← idm-a', 'new'],
    ['idm-a ← idm-b', 'good'],
    ['idm-c ← idm-b', 'quiet'],
  ]);
});

it('says of a server that was not read why, as long as somebody watches', () => {
  const out = {
    ...said,
    server: 'idm-c',
    state: 'unknown',
    cause: 'Too large.',
    code: 'ruv-too-large',
  } as const;
  const ruv = { ...report, servers: [...report.servers, out] };
  const sight = { live: true, report: { servers: [], pulls: [], undrawn: [], problems: [], ruv } };
  expect(['idm-a', 'idm-b', 'idm-c'].map((id) => whyNotRead(sight, id)?.cause)).toEqual([
    ...[undefined, undefined, 'Too large.'],
  ]);
  expect(whyNotRead({ ...sight, live: false }, 'idm-c')).toBeNull();
});

it('is cancelled without a word, and a fault is told', async () => {
  const { ruv, answer } = asking();
  const first = ruv.ask(fleet);
  ruv.cancel();
  await first;
  expect([ruv.running, ruv.fault]).toEqual([false, null]);
  const second = ruv.ask(fleet);
  answer(fail({ code: 'x', message: 'No.', fix: '', where: {} }));
  await second;
  expect(ruv.fault?.message).toBe('No.');
});
