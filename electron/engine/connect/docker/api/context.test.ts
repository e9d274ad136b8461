import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerFolder, listContexts, readContext } from './context';

let folder = '';
const where = { server: 'idm-a', endpoint: 'context://x' };
const idOf = (name: string) => createHash('sha256').update(name).digest('hex');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanilink-contexts-'));
  const write = async (name: string, text: string) => {
    await mkdir(join(folder, 'contexts', 'meta', idOf(name)), { recursive: true });
    await writeFile(join(folder, 'contexts', 'meta', idOf(name), 'meta.json'), text);
  };
  const context = (name: string, docker: object) =>
    JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker } });
  await write('lab', context('lab', { Host: 'tcp://192.0.2.7:2376', SkipTLSVerify: false }));
  await write('far', context('far', { Host: 'ssh://admin@far' }));
  await write('open', context('open', { Host: 'tcp://192.0.2.8:2376', SkipTLSVerify: true }));
  await write('broken', '{');
  await write('other-name', context('not-it', { Host: 'unix:///x' }));
});
afterAll(() => rm(folder, { recursive: true }));

describe('Docker contexts', () => {
  it('are found by name, with the folder of their TLS files', async () => {
    const found = await readContext(folder, 'lab', where);
    expect(found).toMatchObject({
      value: {
        endpoint: 'tcp://192.0.2.7:2376',
        tlsFolder: join(folder, 'contexts', 'tls', idOf('lab'), 'docker'),
        unchecked: false,
      },
    });
    expect(await readContext(folder, 'open', where)).toMatchObject({ value: { unchecked: true } });
  });

  it('default is the socket, whatever DOCKER_HOST says', async () => {
    expect(await readContext(folder, 'default', where)).toMatchObject({
      value: { endpoint: 'unix:///var/run/docker.sock' },
    });
  });

  it.each(['none', 'broken', 'other-name'])(
    '%s is said to be missing, with those there are',
    async (name) => {
      const found = await readContext(folder, name, where);
      expect(found).toMatchObject({ ok: false, error: { code: 'context-not-found' } });
      expect(JSON.stringify(found)).toContain('default, far, lab');
    },
  );

  it('are listed', async () => {
    expect((await listContexts(folder)).map((it) => it.name)).toEqual([
      'default',
      'far',
      'lab',
      'not-it',
      'open',
    ]);
    expect((await listContexts(join(folder, 'no-such'))).map((it) => it.name)).toEqual(['default']);
  });

  it('lie where DOCKER_CONFIG says, else in ~/.docker', () => {
    expect(dockerFolder({ env: { DOCKER_CONFIG: '/x' }, home: '/home/a' })).toBe('/x');
    expect(dockerFolder({ env: {}, home: '/home/a' })).toBe('/home/a/.docker');
  });
});
