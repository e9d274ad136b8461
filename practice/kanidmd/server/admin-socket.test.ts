import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openAdminSocket } from './admin-socket';

test('a client whose connection breaks while it waits does not end the server', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'practice-socket-'));
  const taken: net.Socket[] = [];
  let asked = 0;
  const server = await openAdminSocket(join(folder, 'socket'), () => {
    asked += 1;
    // As a write to a client that was killed ends.
    for (const socket of taken) socket.destroy(new Error('EPIPE'));
    return Promise.resolve({ answer: 'success' });
  });
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  server.on('connection', (socket) => taken.push(socket));
  for (let times = 1; times <= 2; times += 1) {
    const client = net.connect(join(folder, 'socket'));
    client.on('error', () => undefined);
    client.write(`${JSON.stringify({ pid: 1, ask: { what: 'domain-show' } })}\n`);
    await new Promise((gone) => client.once('close', gone));
    expect(asked).toBe(times);
  }
});

test.skipIf(process.platform === 'win32')('opens at a path that has no byte to spare', async () => {
  const root = mkdtempSync(join(tmpdir(), 'socket-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  // unix(7): 108 bytes with the zero at the end; macOS has 104.
  const longest = process.platform === 'darwin' ? 103 : 107;
  const folder = join(root, 'x'.repeat(longest - root.length - '//sock'.length));
  mkdirSync(folder);
  const path = join(folder, 'sock');
  expect(Buffer.byteLength(path)).toBe(longest);
  const server = await openAdminSocket(path, () => Promise.resolve({ answer: 'error' }));
  onTestFinished(() => void server.close());
  expect(readdirSync(folder)).toEqual(['sock']);
});
