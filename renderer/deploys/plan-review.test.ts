import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createClient } from '../bridge/ipc-client';
import { RecordedBridge } from '../bridge/recorded-bridge';
import { planOf } from '../dev/step-of';
import { PlanReview } from './plan-review.svelte';
import '../dev/all-loaded';

const fleet = { path: '/f.toml', text: '' };
beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

function start() {
  const bridge = new RecordedBridge();
  const review = new PlanReview(createClient(bridge));
  const asked = () => bridge.sent.filter((message) => message.kind === 'ask');
  const answer = async (observed: string): Promise<void> => {
    bridge.say({
      ...{ kind: 'answer', id: bridge.last('ask').id },
      answer: { ok: true, value: planOf([], { observed }) },
    });
    await vi.advanceTimersByTimeAsync(0);
  };
  return { bridge, review, asked, answer };
}

it('a drawing that changed is planned from the newest readings, asking no server', async () => {
  const { bridge, review, answer } = start();
  review.soon(fleet);
  expect(review.stale).toBe(true);
  await vi.advanceTimersByTimeAsync(300);
  expect(bridge.last('ask').question).toEqual({ fleet, asSeen: true });
  await answer('r1');
  expect(review).toMatchObject({ stale: false, plan: { observed: 'r1' } });
});

it('what is reviewed is planned from the servers as they are', () => {
  const { bridge, review } = start();
  void review.ask(fleet, { kind: 'resume' });
  expect(bridge.last('ask').question).toEqual({ fleet, job: { kind: 'resume' } });
});

it('is planned again by itself when something else is observed, and what was planned stays until then', async () => {
  const { review, asked, answer } = start();
  review.soon(fleet);
  await vi.advanceTimersByTimeAsync(300);
  await answer('r1');
  review.again(fleet, 'r1');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked()).toHaveLength(1);
  review.again(fleet, 'r2');
  await vi.advanceTimersByTimeAsync(200);
  expect(asked()).toHaveLength(2);
  expect(review).toMatchObject({ stale: false, plan: { observed: 'r1' } });
  await answer('r2');
  expect(review.plan?.observed).toBe('r2');
});

it('is planned again once of the same, and no oftener than every two seconds of others', async () => {
  const { review, asked, answer } = start();
  review.soon(fleet);
  await vi.advanceTimersByTimeAsync(300);
  await answer('r0');
  for (let n = 1; n <= 100; n += 1) {
    review.again(fleet, `r${n}`);
    await vi.advanceTimersByTimeAsync(100);
    if (asked().length > 1) await answer('something else');
  }
  expect(asked().length).toBeLessThanOrEqual(6);
  await vi.advanceTimersByTimeAsync(5000);
  const before = asked().length;
  for (let n = 1; n <= 10; n += 1) {
    review.again(fleet, 'r100');
    await vi.advanceTimersByTimeAsync(5000);
  }
  expect(asked().length).toBe(before);
});
