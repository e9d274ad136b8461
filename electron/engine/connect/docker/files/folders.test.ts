import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pack } from 'tar-stream';
import { enginesApart } from '../../../../../test/support/apart';
import {
  type Answer,
  type FakeDockerEngine,
  startFakeDockerEngine,
} from '../../../../../test/support/fake-docker-engine';
import type { ServerConnection } from '../../connection';
import { openDocker } from '../open-docker';

/** What lies in the container, by path. */
type Files = Record<string, { readonly uid: number; readonly mode: number; readonly text?: string }>;

const call = () => ({ signal: new AbortController().signal, timeoutMs: 5_000 });
const FOLDER = 0o20000000000;
const BACKUPS = '/data/kanilink-backups';

let engine: FakeDockerEngine;
beforeAll(async () => {
  engine = await startFakeDockerEngine();
});
afterAll(() => engine.close());

/** Answers for files; what is put into a folder is there then, as `made` says. */
function filesOf(files: Files, made: Files = {}): Answer {
  return (request, response) => {
    const path = new URL(request.url ?? '', 'http://x').searchParams.get('path') ?? '';
    if (request.method === 'PUT') {
      Object.assign(files, made);
      return void response.end();
    }
    const found = files[path];
    if (!found) return void response.writeHead(404).end('{"message":"no such file"}');
    const { uid, mode, text } = found;
    const stat = { name: 'x', size: 0, mode: mode + (text === undefined ? FOLDER : 0), linkTarget: '' };
    response.writeHead(200, {
      'X-Docker-Container-Path-Stat': Buffer.from(JSON.stringify(stat)).toString('base64'),
    });
    if (request.method === 'HEAD') return void response.end();
    const tar = pack();
    tar.entry(
      { name: 'x', uid, gid: uid, mode, type: text === undefined ? 'directory' : 'file' },
      text ?? '',
    );
    tar.finalize();
    (tar as unknown as NodeJS.ReadableStream).pipe(response);
  };
}

async function made(user: string, files: Files, then: Files = {}): Promise<string> {
  const target = { id: 'idm-a', endpoint: engine.endpoint, container: 'idm-a', config: '/data/server.toml' };
  const open = await openDocker(
    { ...target, certificates: null, home: engine.folder, env: {} },
    { acceptHostKey: async () => false, secret: async () => null },
    call(),
    enginesApart(),
  );
  if (!open.ok) throw new Error(open.error.message);
  const server: ServerConnection = open.value;
  engine.runAs(user);
  engine.misbehave(/\/archive/, filesOf({ '/': { uid: 0, mode: 0o755 }, ...files }, then));
  const result = await server.makeFolder(BACKUPS, 0o700, call());
  engine.misbehave(null);
  engine.runAs('');
  await server.close();
  return result.ok ? 'ok' : result.error.code;
}

const data = { '/data': { uid: 1000, mode: 0o750 } };
const passwd = {
  '/etc': { uid: 0, mode: 0o755 },
  '/etc/passwd': { uid: 0, mode: 0o644, text: 'root:x:0:0::/:\nkanidm:x:1000:1001::/:\n' },
};

describe('the folder of a container’s backups', () => {
  it('is accepted when it is kanidmd’s own and closed', async () => {
    expect(await made('1000:1000', { ...data, [BACKUPS]: { uid: 1000, mode: 0o700 } })).toBe('ok');
    expect(await made('kanidm', { ...data, ...passwd, [BACKUPS]: { uid: 1000, mode: 0o700 } })).toBe('ok');
  });

  it.each([
    ['belongs to another user', { uid: 1234, mode: 0o700 }, 'folder-of-another'],
    ['belongs to root', { uid: 0, mode: 0o700 }, 'folder-of-another'],
    ['is open', { uid: 1000, mode: 0o750 }, 'folder-too-open'],
    ['is no folder', { uid: 1000, mode: 0o600, text: '' }, 'file-exists'],
  ])('is refused when it %s', async (_, there, code) => {
    expect(await made('1000:1000', { ...data, [BACKUPS]: there })).toBe(code);
    // Somebody made it between the look and the making.
    expect(await made('1000:1000', { ...data }, { [BACKUPS]: there })).toBe(code);
  });

  it('is made for the user of a name as the container’s own passwd has it', async () => {
    expect(await made('kanidm', { ...data, ...passwd }, { [BACKUPS]: { uid: 1000, mode: 0o700 } })).toBe(
      'ok',
    );
  });

  it('is made for nobody when nobody knows who that is: never for root', async () => {
    const rootsData = { '/data': { uid: 0, mode: 0o755 } };
    expect(await made('kanidm', rootsData, { [BACKUPS]: { uid: 0, mode: 0o700 } })).toBe(
      'service-user-unknown',
    );
    expect(await made('kanidm', {})).toBe('service-user-unknown');
  });
});
