import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from 'tar-stream';

const ID = 'a'.repeat(64);
export const CONFIG = 'version = "2"\n';

/** How an engine answers one request. */
export type Answer = (request: IncomingMessage, response: ServerResponse, socket: Socket) => void;

/** A Docker Engine that knows one container, `idm-a`, and answers as told. */
export interface FakeDockerEngine {
  /** `unix://…` */
  readonly endpoint: string;
  readonly folder: string;
  /** `GET /v1.41/info`, in the order they came. */
  readonly requests: readonly string[];
  /** Streams of followed logs that are open now. */
  readonly following: () => number;
  /** Answers what matches this way from now on; null: well again. */
  misbehave(call: RegExp | null, answer?: Answer): void;
  /** Whom the container runs as, as `docker run --user` has it. */
  runAs(user: string): void;
  close(): Promise<void>;
}

export const json =
  (value: unknown, status = 200): Answer =>
  (_, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
  };

/** A message as the engine multiplexes them. */
export function frame(text: string, stream = 1): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

/** What it says of itself. */
export const VERSION = {
  Version: '20.10.24',
  ApiVersion: '1.41',
  MinAPIVersion: '1.12',
  Components: [{ Name: 'Engine' }],
};

export async function startFakeDockerEngine(): Promise<FakeDockerEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'kanilink-fake-engine-'));
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let following = 0;
  let odd: { readonly call: RegExp; readonly answer: Answer } | null = null;
  const server: Server = createServer((request, response) => {
    const call = `${request.method ?? ''} ${decodeURIComponent(request.url ?? '')}`;
    requests.push(call);
    // An upload is taken whole before it is answered.
    request.resume().once('end', () => {
      if (odd?.call.test(call) === true) return odd.answer(request, response, request.socket);
      if (/\/logs\?/.test(call) && call.includes('follow=true')) {
        following++;
        response.once('close', () => following--);
      }
      answerOf(call)(request, response, request.socket);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(join(folder, 'docker.sock'), resolve));
  return {
    endpoint: `unix://${join(folder, 'docker.sock')}`,
    folder,
    requests,
    following: () => following,
    misbehave: (call, answer) => {
      odd = call === null || answer === undefined ? null : { call, answer };
    },
    runAs: (user) => {
      inspectedOne = () => ({ ...inspected(), Config: { ...inspected().Config, User: user } });
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const ANSWERS: readonly (readonly [call: RegExp, answer: Answer])[] = [
  [/^GET \/version/, json(VERSION)],
  [
    /^GET \/v1\.41\/info/,
    (...to) => json({ SystemTime: new Date().toISOString(), SecurityOptions: [] })(...to),
  ],
  [/^GET \/v1\.41\/containers\/json/, json([listedOne()])],
  [/^GET \/v1\.41\/containers\/[^/]+\/json/, (...to) => json(inspectedOne())(...to)],
  [/^POST \/v1\.41\/containers\/create/, json({ Id: 'b'.repeat(64), Warnings: [] }, 201)],
  [/^POST \/v1\.41\/containers\/[^/]+\/exec/, json({ Id: 'c'.repeat(64) }, 201)],
  [/^POST \/v1\.41\/exec\/[^/]+\/start/, (_, response) => void response.end(frame('kanidmd 1.10.5\n'))],
  [/^GET \/v1\.41\/exec\/[^/]+\/json/, json({ Running: false, ExitCode: 0 })],
  [/^POST \/v1\.41\/containers\/[^/]+\/wait/, json({ StatusCode: 0 })],
  [/^HEAD .*\/archive/, (_, response) => void response.writeHead(200, statHeader()).end()],
  [/^GET .*\/archive/, (_, response) => void archive().pipe(response)],
  [/^PUT .*\/archive/, (_, response) => void response.end()],
  [/\/logs\?.*follow=true/, (_, response) => void response.write(logLine('a followed line'))],
  [/\/logs/, (_, response) => void response.end(logLine('This config rocks!'))],
  [/^(POST|DELETE) /, (_, response) => void response.writeHead(204).end()],
];

const answerOf = (call: string): Answer =>
  ANSWERS.find(([pattern]) => pattern.test(call))?.[1] ?? json({ message: 'page not found' }, 404);

export const logLine = (text: string): Buffer => frame(`${new Date().toISOString()} ${text}\n`);

function statHeader(): Record<string, string> {
  const stat = { name: 'server.toml', size: CONFIG.length, mode: 0o640, mtime: '', linkTarget: '' };
  return { 'X-Docker-Container-Path-Stat': Buffer.from(JSON.stringify(stat)).toString('base64') };
}

function archive(): NodeJS.ReadableStream {
  const tar = pack();
  tar.entry({ name: 'server.toml', mode: 0o640, uid: 0, gid: 0 }, CONFIG);
  tar.finalize();
  return tar as unknown as NodeJS.ReadableStream;
}

function listedOne() {
  return {
    Id: ID,
    Names: ['/idm-a'],
    Image: 'kanidm/server:1.10.5',
    Command: '/sbin/kanidmd server',
    Created: 1_764_000_000,
    State: 'running',
    Labels: null,
    Ports: [],
  };
}

let inspectedOne = inspected;

function inspected() {
  return {
    Id: ID,
    Name: '/idm-a',
    Created: '2026-11-28T10:00:00Z',
    Image: `sha256:${'d'.repeat(64)}`,
    Path: '/sbin/kanidmd',
    Args: ['server'],
    State: { Status: 'running', Running: true, ExitCode: 0, Error: '', StartedAt: '2026-11-28T10:00:00Z' },
    Config: { User: '', Env: null, Labels: null, Image: 'kanidm/server:1.10.5' },
    HostConfig: { NetworkMode: 'bridge', PortBindings: null },
    NetworkSettings: { Networks: {}, Ports: {} },
    Mounts: [],
  };
}
