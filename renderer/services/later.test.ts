import type { Component } from 'svelte';
import { expect, it } from 'vitest';
import { Later } from './later.svelte';

const Body = (() => ({})) as unknown as Component;

it('is loaded once', async () => {
  let reads = 0;
  const part = new Later('It', () => Promise.resolve({ default: Body, read: (reads += 1) }));
  expect(part.Body).toBeNull();
  await Promise.all([part.load(), part.load()]);
  await part.load();
  expect(part.Body).toBe(Body);
  expect(reads).toBe(1);
});

it('says what could not be loaded and why, and is tried again', async () => {
  const answers = [() => Promise.reject(new Error('no such file')), () => Promise.resolve({ default: Body })];
  const part = new Later(
    'The part that asks',
    () => answers.shift()?.() ?? Promise.reject(new Error('asked too often')),
  );
  await expect(part.load()).rejects.toThrow(/^The part that asks could not be loaded: no such file\. /);
  expect(part.Body).toBeNull();
  await part.load();
  expect(part.Body).toBe(Body);
});
