import { expect, it } from 'vitest';
import { PRACTICE_DOMAIN } from '../../../practice/host/fleet';
import { sha256Of } from '../../../electron/engine/connect/common/files';
import type { SshTarget } from '../../../electron/engine/connect/ssh/address/target';
import type { ServerConnection } from '../../../electron/engine/connect/connection';
import type { Result } from '../../../shared/base/result';
import { value } from '../../support/results';
import { call } from '../../ssh/sshd';
import { injections } from '../docker/support/injections';
import type { Workbench } from './workbench';

const code = (result: Result<unknown>) => (result.ok ? 'ok' : result.error.code);
const bytes = (text: string) => new TextEncoder().encode(text);
/** As one name in a folder. */
const asName = (word: string) => word.replaceAll('/', '_').replaceAll('\0', '').slice(0, 120);
/** Whole matrices only in a long run. */
const some = <T>(all: readonly T[], every: number): readonly T[] =>
  process.env['KANILINK_LONG'] === '1' ? all : all.filter((_, index) => index % every === 0);

/** Names, paths and values that would make the file `/data/ran` if anything in them ran: by SSH, with and without sudo. */
export function injectionsHold(bench: () => Workbench): void {
  const ran = () =>
    bench().machine.run('/bin/sh', '-c', 'ls /data /tmp /root /home/ada | grep -cx ran || true');
  const words = [...injections, '%n', '%h/x', 'a@b', '@', 'a\0b', '-', '--output=/data/ran'];
  const nul = (word: string) => word.includes('\0');
  const beside = async (more: Partial<SshTarget>, work: (server: ServerConnection) => Promise<void>) => {
    const server = value(await bench().open(more));
    await work(server);
    await server.close();
  };

  it(`run nothing as a user, a unit or a program: ${words.length} of them`, async () => {
    expect(words.length).toBeGreaterThan(200);
    bench().machine.run('install', '-d', '-m', '1777', '/data');
    bench().machine.run('install', '-d', '-m', '0755', '/data/work');
    const port = bench().machine.sshPort;
    for (const word of words) {
      const asUser = await bench().open({ endpoint: `ssh://${word}@127.0.0.1:${port}` });
      expect(code(asUser), word).toMatch(/^(endpoint-invalid|authentication-failed|declined)$/);
      const unit = await bench().open({ service: word });
      if (unit.ok) {
        expect(code(await unit.value.service.state(call())), word).toBe('unit-not-found');
        expect(code(await unit.value.service.stop(call())), word).toBe('unit-not-found');
        await unit.value.close();
      } else expect(unit.error.code, word).toBe('unit-name-invalid');
    }
    for (const sudo of [false, true])
      for (const word of some(words, 6))
        await beside({ kanidmd: word, sudo, ...(sudo ? {} : bench().asRoot) }, async (server) => {
          const said = await server.kanidmd(['version'], call());
          expect(code(said), word).toMatch(/^(kanidmd-not-found|sudo-refused)$/);
        });
    expect(ran()).toBe('0');
  });

  // Each path is looked at name by name, with a few programs for every word.
  it('are only words as arguments and only names as paths', async () => {
    const plain = words.filter((word) => !nul(word));
    for (const sudo of [false, true])
      await beside(
        { sudo, kanidmd: '/usr/local/bin/told', ...(sudo ? {} : bench().asRoot) },
        async (server) => {
          const echoed = value(
            await server.kanidmd(['domain', ...plain.filter((it) => it !== '--help')], call()),
          );
          expect(JSON.parse(echoed.stdout)).toEqual([
            ...['domain', ...plain.filter((it) => it !== '--help')],
            ...['-c', '/etc/kanidm/server.toml'],
          ]);
          for (const word of words) {
            const limits = { ...call(), maxBytes: 1_000_000 };
            const [there, asPath] = await Promise.all([
              server.stat(`/data/${word}`, call()),
              server.readFile(word, limits),
            ]);
            if (there.ok)
              expect(there.value === null || there.value.kind === 'folder' || word.includes('..')).toBe(true);
            expect(asPath.ok ? /passwd$/.test(word) : true, word).toBe(true);
          }
          for (const word of some([...new Set(plain.map(asName))], 32)) {
            if (word.trim() === '' || word === '.' || word === '..') continue;
            const path = `/data/work/${word}`;
            bench().machine.run('/bin/sh', '-c', 'printf old > "$1"', 'sh', path);
            const asked = { ...call(20_000), expect: sha256Of(bytes('old')) };
            value(await server.replaceFile(path, bytes(word), asked));
            const read = value(await server.readFile(path, { ...call(), maxBytes: 1000 }));
            expect(Buffer.from(read.bytes).toString()).toBe(word);
            bench().machine.run('rm', '--', path);
            value(await server.makeFolder(path, 0o700, call()));
            expect(value(await server.stat(path, call()))?.kind).toBe('folder');
            bench().machine.run('rmdir', '--', path);
          }
        },
      );
    expect(ran()).toBe('0');
  }, 240_000);

  it('are only values in a configuration, and only a name in a lock', async () => {
    const all = words.join('\n');
    await beside({ sudo: true }, async (server) => {
      bench().machine.run('/bin/sh', '-c', 'printf old > /data/work/values.toml');
      const asked = { ...call(20_000), expect: sha256Of(bytes('old')) };
      value(await server.replaceFile('/data/work/values.toml', bytes(all), asked));
      const read = value(await server.readFile('/data/work/values.toml', { ...call(), maxBytes: 1_000_000 }));
      expect(Buffer.from(read.bytes).toString()).toBe(all);
      const config = bench().machine.run('cat', '/etc/kanidm/server.toml');
      for (const word of some(words, 24)) {
        const domain = `"${PRACTICE_DOMAIN}"`;
        expect(config).toContain(domain);
        const toml = config.replace(domain, JSON.stringify(word).replaceAll('\x7f', ''));
        const tested = await server.testConfig(bytes(toml), call(20_000));
        expect(code(tested), word).toMatch(/^(ok|server-toml-syntax)$/);
      }
      const owner = { who: all, host: all, deploy: all, since: Date.now() };
      const lock = value(await server.lock(owner, { ...call(20_000), takeOver: false }));
      value(await lock.check(call()));
      value(await lock.release(call()));
    });
    expect(ran()).toBe('0');
    expect(bench().machine.run('ls', '-A', '/data', '/data/work')).toBe(
      '/data:\nwork\n\n/data/work:\nvalues.toml',
    );
  });
}
