import { beforeEach, afterEach, expect, it, vi } from 'vitest';
import { createClient } from '../bridge/ipc-client';
import { RecordedBridge } from '../bridge/recorded-bridge';
import type { TypedForm } from '../../shared/ipc';
import { Drafts } from './drafts.svelte';
import '../dev/all-loaded';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const A = '3f0c4a52-6b53-4b0e-9f34-0a9d5f1c1c11';
const B = '3f0c4a52-6b53-4b0e-9f34-0a9d5f1c1c12';

function begin() {
  const bridge = new RecordedBridge();
  const told = vi.fn();
  const drafts = new Drafts(createClient(bridge), told);
  const notice = (text: string, more: { saved?: boolean; draft?: string; form?: TypedForm } = {}): void =>
    drafts.notice({
      open: true,
      saved: false,
      draft: A,
      path: '/lab.toml',
      savedText: 'old',
      text,
      form: null,
      ...more,
    });
  const asked = () =>
    bridge.sent.flatMap((one) => (one.kind === 'ask' ? [{ name: one.name, question: one.question }] : []));
  return { bridge, drafts, notice, asked, told };
}
const soon = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

it('keeps the newest text within a second, however fast one types', async () => {
  const { notice, asked, bridge } = begin();
  for (let n = 0; n <= 20; n += 1) {
    notice(`text ${n}`);
    await vi.advanceTimersByTimeAsync(100);
    if (asked().length > 0) bridge.answer('draft.keep', {});
  }
  const kept = asked();
  expect(kept.length).toBeGreaterThan(3);
  await vi.advanceTimersByTimeAsync(300);
  expect(asked().at(-1)).toEqual({
    name: 'draft.keep',
    question: { id: A, path: '/lab.toml', base: 'old', text: 'text 20', form: null },
  });
});

it('drops it once it is saved or undone, and keeps nothing that came before', async () => {
  const { notice, asked, bridge } = begin();
  notice('text');
  await vi.advanceTimersByTimeAsync(400);
  bridge.answer('draft.keep', {});
  notice('more');
  notice('old', { saved: true });
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked().map(({ name }) => name)).toEqual(['draft.keep', 'draft.drop']);
});

it('keeps what stands in a form of a saved file, and drops it once the form is closed', async () => {
  const { notice, asked, bridge } = begin();
  const form = { kind: 'name', name: 'Home' } as const;
  notice('old', { saved: true, form });
  await vi.advanceTimersByTimeAsync(400);
  expect(asked().at(-1)).toMatchObject({ name: 'draft.keep', question: { text: 'old', form } });
  bridge.answer('draft.keep', {});
  notice('old', { saved: true });
  await soon();
  expect(asked().at(-1)).toEqual({ name: 'draft.drop', question: { id: A } });
});

it('drops what was declined when another file is in its place', async () => {
  const { notice, asked, bridge } = begin();
  notice('text');
  await vi.advanceTimersByTimeAsync(400);
  bridge.answer('draft.keep', {});
  notice('other', { draft: B, saved: true });
  await soon();
  expect(asked().at(-1)).toEqual({ name: 'draft.drop', question: { id: A } });
});

it('a draft that is taken back stays the same draft until it is saved', async () => {
  const { drafts, notice, asked } = begin();
  drafts.notice({ open: false, saved: false, draft: '', path: null, savedText: null, text: '', form: null });
  drafts.taken(B);
  notice('text', { draft: B });
  await vi.advanceTimersByTimeAsync(0);
  expect(asked()).toEqual([]);
  notice('text', { draft: B, saved: true });
  await soon();
  expect(asked().at(-1)).toEqual({ name: 'draft.drop', question: { id: B } });
});

it('says once that nothing can be kept', async () => {
  const { bridge, notice, told } = begin();
  const error = { code: 'draft-not-kept', message: 'The disk is full.', fix: 'Save it.', where: {} };
  for (const text of ['one', 'two', 'three']) {
    notice(text);
    await vi.advanceTimersByTimeAsync(400);
    bridge.say({ kind: 'answer', id: bridge.last('ask').id, answer: { ok: false, error } });
    await soon();
  }
  expect(told).toHaveBeenCalledTimes(1);
});
