import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { makeTlsCertificate } from '../../../practice/host/certificates';
import type { AnswersReport } from '../../../shared/answers/answers';
import { allAnswer, answersNotes } from '../../../shared/answers/judge-answers';
import { ok } from '../../../shared/base/result';
import { type FakeFleet, fakeFleet } from '../../../test/support/fake-fleet';
import { VirtualClock } from '../../../test/support/virtual-clock';
import type { Engine } from '../api/engine';
import type { FakeServer } from '../connect/fake/fake-server';
import { createEngine } from '../create-engine';

/*
 * One web server stands for the origin and for what each server answers by itself: it writes into the log of the server
 * that is to have answered, or does what it is told.
 */

let tls: Awaited<ReturnType<typeof makeTlsCertificate>>;
const ends: (() => unknown)[] = [];
beforeAll(async () => {
  tls = await makeTlsCertificate(['idm.localhost']);
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

type Says = (response: ServerResponse, fleet: FakeFleet, uri: string) => void;

const logged = (server: FakeServer | undefined, id: string, uri: string): void =>
  server?.log.write(`${id} INFO     request [ 217µs | 100.00% ] method: GET | uri: ${uri} | kopid: "${id}"`);
const answerWith = (response: ServerResponse, id: string | null, code = 404): void => {
  response.writeHead(code, id === null ? {} : { 'x-kanidm-opid': id }).end('"nomatchingentries"');
};
/** As kanidmd does. */
const by =
  (index: number, more: readonly number[] = []): Says =>
  (response, { servers }, uri) => {
    const id = randomUUID();
    for (const each of [index, ...more]) logged(servers[each], id, uri);
    answerWith(response, id);
  };

async function listening(answer: (response: ServerResponse, uri: string) => void): Promise<number> {
  const web: Server = createServer({ cert: tls.chain, key: tls.key }, (request, response) =>
    answer(response, request.url ?? ''),
  );
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    web.closeAllConnections();
    web.close();
  });
  return (web.address() as AddressInfo).port;
}

/** @param says what the origin does, request by request, the last of it again and again. */
async function asking(
  says: readonly Says[],
  {
    unread = [],
    mute = [],
    begun = [],
    stopped = [],
    trusted = true,
  }: Partial<Record<'unread' | 'mute' | 'begun' | 'stopped', readonly string[]>> & { trusted?: boolean } = {},
) {
  const broken = { code: 'log-failed', message: 'The journal is gone.', fix: 'Look.', where: {} };
  // Nobody waits for what a log does not show.
  const clock = new VirtualClock();
  const fleet = fakeFleet(
    { 'idm-a': [], 'idm-b': [] },
    [],
    (id) => (what) => (what === 'logs' && unread.includes(id) ? { fails: broken } : null),
    { clock },
  );
  for (const [index, server] of fleet.servers.entries()) {
    if (trusted) server.files.put('/var/lib/kanidm/chain.pem', tls.chain);
    if (stopped.includes(server.id)) server.stop();
    // Of `begun` the log begins too late for the first of them.
    let silent = mute.includes(server.id) ? Infinity : begun.includes(server.id) ? 1 : 0;
    const own = await listening((response, uri) => by(silent-- > 0 ? -1 : index)(response, fleet, uri));
    server.dials = () => Promise.resolve(ok(connect(own, '127.0.0.1')));
  }
  let n = 0;
  const port = await listening((response, uri) =>
    says[Math.min(n++, says.length - 1)]?.(response, fleet, uri),
  );
  const engine: Engine = createEngine({
    ...{ home: '/nowhere', env: {}, configDir: '/nowhere', log: () => undefined, practiceProgram: [] },
    prompter: { acceptHostKey: async () => false, secret: async () => null },
    ...{ open: fleet.open, clock },
  });
  ends.push(() => engine.close());
  const origin = `https://idm.localhost:${port}`;
  return (requests = says.length, signal = new AbortController().signal) =>
    engine.answers(fleet.text, { origin, requests }, { signal, timeoutMs: 60_000 });
}

async function reported(...how: Parameters<typeof asking>): Promise<AnswersReport> {
  const asked = await (await asking(...how))();
  if (!asked.ok) throw new Error(asked.error.message);
  return asked.value;
}
const kinds = ({ requests }: AnswersReport) =>
  requests.map(({ by: it }) => (it.kind === 'server' ? it.server : it.kind));
const logs = ({ servers }: AnswersReport) => servers.map(({ log }) => log);
const texts = (report: AnswersReport) => answersNotes(report).map(({ text }) => text);

it('tells each answer’s server by the one log that shows its request', async () => {
  const report = await reported([by(0), by(1), by(0)]);
  expect(kinds(report)).toEqual(['idm-a', 'idm-b', 'idm-a']);
  expect(report.servers.map(({ answered }) => answered)).toEqual([2, 1]);
  expect(logs(report)).toEqual(['shows', 'shows']);
  expect(allAnswer(report)).toBe(true);
});

it('claims nothing for a request that two logs show, or none, whatever id its answer has', async () => {
  const id = randomUUID();
  let n = 0;
  const kept: Says = (response, { servers }, uri) => {
    if (n++ === 0) logged(servers[0], id, uri);
    answerWith(response, id);
  };
  const with_ =
    (text: string | null, code?: number): Says =>
    (response) =>
      answerWith(response, text, code);
  const report = await reported([
    ...[by(0, [1]), kept, kept, with_(null, 502), with_('00000000-0000-0000-0000-000000000000')],
    ...[with_(`${randomUUID()}, ${randomUUID()}`), with_('x'.repeat(9_000)), with_(randomUUID())],
  ]);
  expect(kinds(report)).toEqual([
    ...['several', 'idm-a', 'repeated', 'no-id', 'no-id', 'no-id', 'no-id', 'not-found'],
  ]);
  expect(report.requests.map(({ opId }) => opId === null)).toEqual([
    false,
    false,
    false,
    true,
    true,
    true,
    true,
    false,
  ]);
  expect(allAnswer(report)).toBe(false);
});

it('says of a redirect where it leads, and does not follow it', async () => {
  let followed = 0;
  const other = await listening((response) => {
    followed += 1;
    response.end();
  });
  const target = `https://127.0.0.1:${other}/`;
  const report = await reported([(response) => response.writeHead(302, { location: target }).end()]);
  expect(report.requests[0]).toMatchObject({ code: 302, redirect: target, by: { kind: 'no-id' } });
  expect(texts(report).join()).toContain(`sends on to ${target}, which was not followed`);
  expect(followed).toBe(0);
});

it('knows nothing of a server whose log is not read, or does not show requests', async () => {
  const unread = await reported([by(0), by(1)], { unread: ['idm-b'] });
  expect(kinds(unread)).toEqual(['idm-a', 'not-found']);
  expect(logs(unread)).toEqual(['shows', 'unread']);
  expect(texts(unread)).toEqual([
    expect.stringContaining('idm-a (1 of 2)'),
    expect.stringMatching(/^Whether idm-b answered any is not known. The journal is gone/),
    expect.stringMatching(/^1 answer of a Kanidm stands in no log that was read: idm-b, or a server outside/),
  ]);
  const mute = await reported([by(0)], { mute: ['idm-b'] });
  expect(logs(mute)).toEqual(['shows', 'unproved']);
  expect(texts(mute).join()).not.toContain('0 of');
});

it('knows a server’s answers without the header, which a proxy may take away', async () => {
  const withoutId =
    (index: number): Says =>
    (response, { servers }, uri) => {
      logged(servers[index], randomUUID(), uri);
      answerWith(response, null);
    };
  const report = await reported([withoutId(0), withoutId(1)]);
  expect(kinds(report)).toEqual(['idm-a', 'idm-b']);
  expect(allAnswer(report)).toBe(true);
});

it('says of a request without an answer whose log shows it, and not that it got none', async () => {
  const lost: Says = (response, { servers }, uri) => {
    logged(servers[1], randomUUID(), uri);
    response.destroy();
  };
  const report = await reported([by(0), lost]);
  expect(report.requests[1]?.by).toMatchObject({ kind: 'none', servers: ['idm-b'] });
  expect(texts(report).join()).toContain('1 request without an answer here stands in the log of idm-b');
  expect(texts(report).join()).not.toContain('idm-b answered 0');
});

it('takes a log that begins too late for no proof, though it shows the end', async () => {
  const report = await reported([by(0), (response) => answerWith(response, randomUUID())], {
    begun: ['idm-b'],
  });
  expect(logs(report)).toEqual(['shows', 'unproved']);
  expect(texts(report).join()).toContain('Whether idm-b answered any is not known');
  expect(texts(report).join()).not.toContain('a server outside this fleet answers there');
});

it('asks where no server runs, too, and claims none', async () => {
  const report = await reported([by(0)], { stopped: ['idm-a', 'idm-b'] });
  expect(logs(report)).toEqual(['unproved', 'unproved']);
  expect(report.servers.map(({ why }) => why)[1]).toMatch(/^It is stopped/);
});

it('says that a certificate is a stranger’s where it lies on no server’s disk', async () => {
  const report = await reported([by(0), by(1)], { trusted: false });
  expect(kinds(report)).toEqual(['idm-a', 'idm-b']);
  expect(report.certificates).toMatchObject([{ onDiskOf: [], requests: 2 }]);
  expect(report.certificates[0]?.refused).toMatch(
    /Node’s list of authorities does not vouch for who issued it/,
  );
  expect(allAnswer(report)).toBe(false);
  const known = await reported([by(0), by(1)]);
  expect(known.certificates).toMatchObject([{ onDiskOf: ['idm-a', 'idm-b'], refused: null }]);
});

it('has no answer of who sends too much, and goes on to the next', async () => {
  const report = await reported([
    (response) => answerWith(response, 'x'.repeat(40_000)),
    (response) => response.writeHead(404, { 'x-kanidm-opid': randomUUID() }).end('x'.repeat(200_000)),
    (response) => response.destroy(),
    by(0),
    by(1),
  ]);
  expect(kinds(report)).toEqual(['none', 'none', 'none', 'idm-a', 'idm-b']);
});

it('ends when it is cancelled, with an origin that never answers', async () => {
  const ask = await asking([() => undefined]);
  const stop = new AbortController();
  const asked = ask(100, stop.signal);
  setTimeout(() => stop.abort(), 300);
  expect(await asked).toMatchObject({ ok: false, error: { code: 'cancelled' } });
});
