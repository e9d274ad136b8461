import { expect, it } from 'vitest';
import { fail, ok, type Result } from '../../shared/base/result';
import type { IpcClient } from '../bridge/ipc-client';
import { Answering } from './answering.svelte';

const fleet = { path: null, text: '' };
const cancelled = fail({ code: 'cancelled', message: 'Cancelled.', fix: '', where: {} });

function asking() {
  const asked: unknown[] = [];
  let answer: (result: Result<unknown>) => void = () => undefined;
  const client = {
    ask: (_: string, question: unknown, { signal }: { signal: AbortSignal }) => {
      asked.push(question);
      return new Promise((resolve) => {
        answer = resolve;
        signal.addEventListener('abort', () => resolve(cancelled));
      });
    },
  } as unknown as IpcClient;
  return { answering: new Answering(client), asked, answer: (result: Result<unknown>) => answer(result) };
}

it('asks for what was typed, once at a time', async () => {
  const { answering, asked, answer } = asking();
  const first = answering.ask(fleet, ' https://idm.example.com ', '7');
  void answering.ask(fleet, '', '12');
  expect(asked).toEqual([{ fleet, origin: 'https://idm.example.com', requests: 7 }]);
  expect(answering.running).toBe(true);
  answer(ok({ origin: 'https://idm.example.com' }));
  await first;
  expect(answering).toMatchObject({ running: false, report: { origin: 'https://idm.example.com' } });
  void answering.ask(fleet, '', '12');
  expect(asked[1]).toMatchObject({ origin: null, requests: 12 });
});

it.each([
  ['http://idm.example.com', '12', 'origin'],
  ['', '0', 'requests'],
  ['', '101', 'requests'],
  ['', '1e1', 'requests'],
] as const)('does not ask for %s and %s', async (origin, requests, field) => {
  const { answering, asked } = asking();
  await answering.ask(fleet, origin, requests);
  expect(asked).toEqual([]);
  expect(answering.typed[field]).not.toBe('');
});

it('says nothing of a question that was cancelled, and why one failed', async () => {
  const { answering, answer } = asking();
  const first = answering.ask(fleet, '', '12');
  answering.cancel();
  await first;
  expect(answering).toMatchObject({ running: false, report: null, fault: null });
  const second = answering.ask(fleet, '', '12');
  answer(fail({ code: 'origin-unknown', message: 'No.', fix: '', where: {} }));
  await second;
  expect(answering.fault?.code).toBe('origin-unknown');
});
