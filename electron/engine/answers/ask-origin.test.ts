import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, expect, it } from 'vitest';
import { makeTlsCertificate } from '../../../practice/host/certificates';
import { readPublicOrigin } from '../../../shared/answers/public-origin';
import { askOrigin } from './ask-origin';
import { newKey } from './asked-key';
import { addressesOf } from './reach-origin';

const ends: (() => void)[] = [];
afterEach(() => ends.splice(0).forEach((end) => end()));

async function listening(meets: (socket: Socket) => void, names: readonly string[] | null): Promise<number> {
  const sockets = new Set<Socket>();
  const met = (socket: Socket): void => {
    sockets.add(socket.on('error', () => undefined));
    meets(socket);
  };
  const tls = names === null ? null : await makeTlsCertificate(names);
  const server = tls === null ? createServer(met) : createTlsServer({ cert: tls.chain, key: tls.key }, met);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function ask(port: number, timeoutMs = 5_000) {
  const origin = readPublicOrigin(`https://idm.localhost:${port}`);
  if (origin === null) throw new Error('it is one');
  const call = { signal: new AbortController().signal, timeoutMs };
  return askOrigin(origin, '127.0.0.1', newKey(), Date.now(), call);
}
const codeOf = ({ answer }: Awaited<ReturnType<typeof ask>>) => (answer.ok ? 'answered' : answer.error.code);

it.each([
  ['accepts and is silent', null, () => undefined],
  ['shows a certificate and is silent', ['idm.localhost'], () => undefined],
  [
    'sends a byte of its answer now and then',
    ['idm.localhost'],
    (socket: Socket) => {
      const text = 'HTTP/1.1 404 Not Found\r\nx-slow: ';
      let n = 0;
      const drip = setInterval(() => socket.write(text[n++] ?? 'x'), 20);
      socket.once('close', () => clearInterval(drip));
    },
  ],
])('waits no longer than its limit for who %s', async (_, names, meets) => {
  expect(codeOf(await ask(await listening(meets, names), 400))).toBe('timed-out');
});

it('has no answer of who speaks no TLS, or no HTTP', async () => {
  const plain = await listening((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), null);
  const failed = await ask(plain);
  expect(codeOf(failed)).toBe('https-failed');
  // OpenSSL ends its messages with a line end.
  expect(failed.answer).toMatchObject({ error: { message: expect.stringMatching(/\S$/) } });
  const odd = await listening((socket) => socket.end('220 mail\r\n'), ['idm.localhost']);
  expect(codeOf(await ask(odd))).toBe('https-failed');
});

it('sends no secret, names the host with its port, and says what the certificate lacks', async () => {
  let sent = '';
  const port = await listening(
    (socket) => {
      socket.on('data', (chunk: Buffer) => {
        sent += chunk.toString();
        if (sent.includes('\r\n\r\n')) socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
      });
    },
    ['other.example.com'],
  );
  const { certificate, answer } = await ask(port);
  expect(answer).toMatchObject({ ok: true, value: { code: 404, opId: null, redirect: null } });
  expect(certificate).toMatchObject({
    names: ['other.example.com'],
    refused: 'it does not name idm.localhost.',
  });
  expect(certificate?.untrusted).not.toBeNull();
  expect(sent).toMatch(/^GET \/v1\/jwk\/kanilink-[0-9a-f-]{36} HTTP\/1\.1\r\n/);
  expect(sent.toLowerCase()).toContain(`host: idm.localhost:${port}\r\n`);
  expect(sent).not.toMatch(/cookie|authorization/i);
});

it('finds addresses as this computer’s programs do', async () => {
  const call = { signal: new AbortController().signal, timeoutMs: 20_000 };
  const of = async (text: string) => {
    const origin = readPublicOrigin(text);
    return origin === null ? null : addressesOf(origin, call);
  };
  expect(await of('https://[::1]:8443')).toEqual({ ok: true, value: ['::1'] });
  expect(await of('https://any.localhost')).toMatchObject({
    ok: true,
    value: expect.arrayContaining(['127.0.0.1']),
  });
  expect(await of('https://idm.invalid')).toMatchObject({ ok: false, error: { code: 'origin-not-found' } });
});
