import { expect, it } from 'vitest';
import { Later } from './later.svelte';

const body = {};

it('is loaded once', async () => {
  let reads = 0;
  const part = new Later('It', () => {
    reads += 1;
    return Promise.resolve(body);
  });
  expect(part.loaded).toBeNull();
  await Promise.all([part.load(), part.load()]);
  expect(await part.load()).toBe(body);
  expect(part.loaded).toBe(body);
  expect(reads).toBe(1);
});

it('says what could not be loaded and why, and is tried again', async () => {
  const answers = [() => Promise.reject(new Error('no such file')), () => Promise.resolve(body)];
  const part = new Later(
    'The part that asks',
    () => answers.shift()?.() ?? Promise.reject(new Error('asked too often')),
  );
  await expect(part.load()).rejects.toThrow(/^The part that asks could not be loaded: no such file\. /);
  expect(part.loaded).toBeNull();
  await part.load();
  expect(part.loaded).toBe(body);
});
