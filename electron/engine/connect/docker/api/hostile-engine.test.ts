import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { each } from '../../../base/batches';
import {
  type Answer,
  CONFIG,
  type FakeDockerEngine,
  json,
  startFakeDockerEngine,
} from '../../../../../test/support/fake-docker-engine';
import { fail, type Fault, type Result } from '../../../../../shared/base/result';
import { timedOut } from '../../common/limits';
import { sha256Of } from '../../common/files';
import type { Prompter, ServerConnection } from '../../connection';
import { listContainers } from '../unit/list-containers';
import { openDocker } from '../open-docker';
import { enginesApart } from '../../../../../test/support/apart';

const call = (timeoutMs: number) => ({ signal: new AbortController().signal, timeoutMs });
const nobody: Prompter = { acceptHostKey: async () => false, secret: async () => null };

/** Answers that are no engine's. `null` for an answer of which only the status is read: it may pass. */
const HOSTILITIES: Readonly<Record<string, { readonly answer: Answer; readonly isWell?: true }>> = {
  null: { answer: json(null), isWell: true },
  'an empty object': { answer: json({}), isWell: true },
  'a list': { answer: json([1, [2], { Id: 3 }]), isWell: true },
  'a page of HTML': {
    answer: (_, response) =>
      void response
        .writeHead(200, { 'Content-Type': 'text/html' })
        .end(`<!DOCTYPE html>${'<p>Log in</p>'.repeat(500)}`),
    isWell: true,
  },
  'nothing with 200': { answer: (_, response) => void response.end(), isWell: true },
  'an odd header': {
    answer: (_, response) =>
      void response
        .writeHead(200, {
          'X-Docker-Container-Path-Stat': 'e30=',
          'Content-Type': 'x/y',
          'Content-Encoding': 'gzip',
        })
        .end('{}'),
    isWell: true,
  },
  'JSON without an end': { answer: (_, response) => endless(response, '[{"Id":"x"},'.repeat(4_000)) },
  'zeros without an end': { answer: (_, response) => endless(response, '\0'.repeat(64 * 1024)) },
  'a refusal without an end': {
    answer: (_, response) => {
      response.writeHead(500, { 'Content-Type': 'application/json' });
      endless(response, '{"message":"no');
    },
  },
  'a header without an end': {
    answer: (_, __, socket) => void socket.write(`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(300_000)}`),
  },
  'no HTTP': { answer: (_, __, socket) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n') },
  'a close in the middle': {
    answer: (_, __, socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{"Id":"'),
  },
  'a close at once': { answer: (_, __, socket) => void socket.destroy() },
  silence: { answer: () => undefined },
  'a head and then silence': { answer: (_, response) => void response.writeHead(200).flushHeaders() },
  'a redirect': {
    answer: (_, response) => void response.writeHead(302, { Location: 'http://192.0.2.1/' }).end(),
  },
};

function endless(response: ServerResponse, text: string): void {
  // An answer to HEAD has no body to write: it never ends either.
  const more = () => {
    if (response.req.method === 'HEAD') return;
    while (!response.destroyed && response.write(text));
  };
  response.on('drain', more).on('error', () => undefined);
  more();
}

type Use = (connection: ServerConnection) => Promise<Result<unknown>>;
const limit = call(1_500);
const kanidmd: Use = (it) => it.kanidmd(['version'], limit);
const test: Use = (it) => it.testConfig(new TextEncoder().encode(CONFIG), limit);
const lock: Use = async (it) => {
  const owner = { who: 'ada', host: 'desk', deploy: 'd1', since: 0 };
  const taken = await it.lock(owner, { ...limit, takeOver: false });
  return taken.ok ? taken.value.release(limit) : taken;
};
const log: Use = async (it) => {
  const end = AbortSignal.timeout(3_000);
  for await (const item of each(it.logs({ since: 0 }, { follow: false, signal: end })))
    if (item.kind === 'fault') return { ok: false, error: item.fault };
  // The reader's own limit ends a log without a word.
  if (end.aborted) return fail(timedOut({ server: 'idm-a', endpoint: 'unix://' }, 'reading the log', 3_000));
  return { ok: true, value: undefined };
};

/** Every request the transport makes, and something that makes it. `read`: its answer says something. */
const CALLS: readonly (readonly [name: string, call: RegExp, use: Use, read: boolean])[] = [
  ['GET /info', /GET .*\/info/, (it) => it.facts(limit), true],
  ['GET /containers/ID/json', /GET .*\/containers\/[^/]+\/json/, (it) => it.service.state(limit), true],
  ['POST /containers/create', /POST .*\/create/, lock, true],
  ['DELETE /containers/ID', /DELETE /, lock, false],
  ['POST /containers/ID/exec', /POST .*\/containers\/[^/]+\/exec/, kanidmd, true],
  ['POST /exec/ID/start', /POST .*\/exec\/[^/]+\/start/, kanidmd, true],
  ['GET /exec/ID/json', /GET .*\/exec\/[^/]+\/json/, kanidmd, true],
  ['HEAD /containers/ID/archive', /HEAD .*\/archive/, (it) => it.stat('/data/server.toml', limit), true],
  [
    'GET /containers/ID/archive',
    /GET .*\/archive/,
    (it) => it.readFile('/data/server.toml', { ...limit, maxBytes: 1e6 }),
    true,
  ],
  [
    'PUT /containers/ID/archive',
    /PUT /,
    (it) =>
      it.replaceFile('/data/server.toml', new Uint8Array(), {
        ...limit,
        expect: sha256Of(Buffer.from(CONFIG)),
      }),
    true,
  ],
  ['GET /containers/ID/logs', /GET .*\/logs/, log, true],
  ['POST /containers/ID/restart', /POST .*\/restart/, (it) => it.service.restart(limit), false],
  ['POST /containers/ID/start', /POST .*\/containers\/[^/]+\/start/, test, false],
  ['POST /containers/ID/wait', /POST .*\/wait/, test, true],
];

describe('an engine that answers otherwise', () => {
  let engine: FakeDockerEngine;
  beforeAll(async () => {
    engine = await startFakeDockerEngine();
  });
  afterAll(() => engine.close());

  const target = () => ({
    id: 'idm-a',
    endpoint: engine.endpoint,
    certificates: null,
    home: engine.folder,
    env: {},
  });
  const open = (limitMs = 1_500) =>
    openDocker({ ...target(), container: 'idm-a', config: null }, nobody, call(limitMs), {
      ...enginesApart(),
      backoff: [],
    });

  const isFault = (result: Result<unknown>): Fault => {
    if (result.ok) throw new Error('it passed for an answer');
    const { code, message, fix, where } = result.error;
    expect(code).toMatch(
      /^(engine-speaks-otherwise|engine-refused|connection-lost|timed-out|replace-unfinished|read-back-differs|service-command-failed)/,
    );
    expect(message).toContain('unix://');
    expect(fix.length).toBeGreaterThan(5);
    expect(where.server).toBe('idm-a');
    return result.error;
  };

  const before = process.memoryUsage().rss;
  describe.each(Object.entries(HOSTILITIES))('by %s', (hostility, { answer, isWell }) => {
    it.each(CALLS)('to %s', async (name, pattern, use, read) => {
      engine.misbehave(null);
      const connection = await open(10_000);
      if (!connection.ok) throw new Error(connection.error.message);
      // A program, and a log, may have nothing to say.
      const mayBeSilent = hostility === 'nothing with 200' && /start|logs/.test(name);
      try {
        engine.misbehave(pattern, answer);
        const result = await use(connection.value);
        if ((read && !mayBeSilent) || isWell !== true) isFault(result);
        expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
      } finally {
        engine.misbehave(null);
        await connection.value.close();
      }
    });

    it('to the first requests, and to the list of containers', async () => {
      for (const pattern of [/GET \/version/, /GET .*\/containers\/[^/]+\/json/]) {
        engine.misbehave(pattern, answer);
        isFault(await open());
      }
      engine.misbehave(/GET .*\/containers\/json/, answer);
      isFault(await listContainers(target(), nobody, limit, enginesApart()));
      engine.misbehave(null);
    });
  });

  it('never leads to another host', async () => {
    const dialled: string[] = [];
    const other = createServer((request, response) => {
      dialled.push(request.url ?? '');
      response.end('{}');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    for (const Location of [
      `http://127.0.0.1:${port}/version`,
      'http://192.0.2.1/',
      'ftp://x/',
      '://',
      '/version',
    ]) {
      engine.misbehave(/GET \/version/, (_, response) => void response.writeHead(302, { Location }).end());
      expect(isFault(await open()).code).toBe('engine-refused');
    }
    expect(dialled).toEqual([]);
    engine.misbehave(null);
    await new Promise((resolve) => other.close(resolve));
  });

  it('has no clock where it says a time that no clock shows', async () => {
    const opened = await open();
    if (!opened.ok) throw new Error(opened.error.message);
    const server = opened.value;
    for (const SystemTime of ['+275760-09-13T00:00:00Z', '-271821-04-20T00:00:00Z', 'soon']) {
      engine.misbehave(/GET .*\/info/, json({ SystemTime, SecurityOptions: [] }));
      expect(await server.facts(call(5_000)), SystemTime).toMatchObject({
        ok: true,
        value: { clockOffsetMs: null },
      });
    }
    engine.misbehave(null);
    await server.close();
  });

  it('is told what is wrong', async () => {
    engine.misbehave(/GET \/version/, HOSTILITIES['a page of HTML']?.answer);
    const fault = isFault(await open());
    expect(fault.code).toBe('engine-speaks-otherwise');
    expect(fault.detail).toContain('<!DOCTYPE html>');
    engine.misbehave(/GET .*\/containers\/[^/]+\/json/, json({ Id: '../../x', State: 5 }));
    expect(isFault(await open()).detail).toMatch(/^Id: /);
    engine.misbehave(null);
  });
});
