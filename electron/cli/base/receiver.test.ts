import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { commands } from '../commands';
import { readArguments } from './arguments';
import { receiverOf } from './receiver';

const folder = mkdtempSync(join(tmpdir(), 'kl-receiver-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'url');

async function receiver(words: readonly string[], env: Record<string, string> = {}) {
  const watch = commands.find(({ name }) => name === 'watch');
  if (watch === undefined) throw new Error('no watch');
  const read = readArguments(watch, ['fleet.toml', ...words]);
  if (!read.ok) throw new Error(read.complaint);
  const found = await receiverOf('webhook', read.value, env);
  return found === null || typeof found === 'string' ? found : found.url.href;
}

it('the address of a webhook is the one written, in the file, or in the environment', async () => {
  writeFileSync(file, 'https://hook.example/secret\n');
  const env = { KANILINK_WEBHOOK: 'https://env.example/' };
  expect(await receiver([])).toBeNull();
  expect(await receiver([], env)).toBe('https://env.example/');
  expect(await receiver(['--webhook-file', file], env)).toBe('https://hook.example/secret');
  expect(await receiver(['--webhook', 'https://line.example/'], env)).toBe('https://line.example/');
});

it('a complaint says what is wrong and never holds the address', async () => {
  writeFileSync(file, 'ftp://hook.example/secret');
  expect(await receiver(['--webhook-file', file])).toContain('--webhook-file takes an address');
  writeFileSync(file, '');
  expect(await receiver(['--webhook-file', file])).toContain('--webhook-file takes an address');
  expect(await receiver(['--webhook-file', join(folder, 'none')])).toContain('no such file');
  expect(await receiver([], { KANILINK_WEBHOOK: 'secret' })).toBe(
    'KANILINK_WEBHOOK takes an address that begins with http:// or https://',
  );
  expect(await receiver(['--webhook', 'http://a/', '--webhook-file', file])).toContain(
    'leave one of them out',
  );
});
