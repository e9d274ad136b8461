import { createServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { makeTlsCertificate } from '../../../practice/host/certificates';
import { readPublicOrigin } from '../../../shared/answers/public-origin';
import { ok } from '../../../shared/base/result';
import { fakeServer, fakeSite } from '../../../test/support/fake-deployment';
import { VirtualClock } from '../../../test/support/virtual-clock';
import { markLog } from './mark-log';

const ends: (() => void)[] = [];
afterEach(() => ends.splice(0).forEach((end) => end()));

it.each([
  ['https://idm.example.com', 'idm.example.com'],
  ['https://idm.example.com:8443', 'idm.example.com:8443'],
  ['https://[2001:db8::7]:8443', '[2001:db8::7]:8443'],
])('asks a server by itself as %s is asked', async (text, host) => {
  const origin = readPublicOrigin(text);
  if (origin === null) throw new Error('it is one');
  const tls = await makeTlsCertificate(['idm.example.com']);
  let asked: readonly (string | undefined)[] = [];
  const web = createServer({ cert: tls.chain, key: tls.key }, ({ headers, url }, response) => {
    asked = [headers.host, url];
    response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  ends.push(() => (web.closeAllConnections(), web.close()));
  const server = fakeServer('idm-a', []);
  server.dials = () => Promise.resolve(ok(connect((web.address() as AddressInfo).port, '127.0.0.1')));
  const call = { signal: new AbortController().signal, timeoutMs: 5_000 };
  const mark = await markLog(await fakeSite(server), origin, new VirtualClock(), call);
  expect(mark).toMatchObject({ kind: 'sent', code: 500 });
  expect(asked).toEqual([host, mark.kind === 'sent' ? `/v1/jwk/${mark.key}` : '']);
});
