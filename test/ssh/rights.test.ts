import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerConnection } from '../../electron/engine/connect/connection';
import { ConnectionPool } from '../../electron/engine/connect/common/pool';
import { sha256Of } from '../../electron/engine/connect/common/files';
import { openSsh } from '../../electron/engine/connect/ssh/open-ssh';
import type { SshTarget } from '../../electron/engine/connect/ssh/address/target';
import { race } from './race';
import { fault, value } from '../support/results';
import { call, missing, person, type Sshd, startSshd } from './sshd';

const number = (what: string) => Number(execFileSync('id', [what, 'games'], { encoding: 'utf8' }));
const CONFIG = 'domain = "example.com"\norigin = "https://example.com"\ndb_path = "/x/kanidm.db"\n';

// The user who runs the service owns the database's folder, and puts links and pipes wherever Kanilink looks.
describe.skipIf(missing !== null).each([{ sudo: false }, { sudo: true }])(
  'root’s rights, sudo: $sudo, beside a service that was taken over',
  ({ sudo }) => {
    let sshd: Sshd;
    let server: ServerConnection;
    let data: string;
    let roots: string;
    const games = { uid: number('-u'), gid: number('-g') };
    const open = async (more: Partial<SshTarget> = {}) =>
      value(await openSsh(sshd.target({ sudo, ...more }), person(), call(), { pool: new ConnectionPool(0) }));
    /** A folder of the service's own. */
    const theirs = (name: string, mode = 0o750) => {
      const path = join(sshd.folder, name);
      mkdirSync(path);
      chownSync(path, games.uid, games.gid);
      chmodSync(path, mode);
      return path;
    };
    /** Runs a loop of the service's user until it is stopped. */
    beforeAll(async () => {
      sshd = await startSshd();
      sshd.trust('ed25519');
      sshd.serviceRunsAs('games');
      if (sudo) sshd.loginIs(54321);
      chmodSync(sshd.folder, 0o711);
      server = await open();
      data = theirs('data');
      roots = join(sshd.folder, 'roots');
      mkdirSync(join(roots, 'sub'), { recursive: true });
      for (const name of ['passwd', 'sub/shadow']) writeFileSync(join(roots, name), 'root’s\n');
      chmodSync(join(roots, 'passwd'), 0o600);
    });
    afterAll(async () => {
      await server?.close();
      await sshd?.stop();
    });
    const untouched = () => {
      expect(readdirSync(roots).sort()).toEqual(['passwd', 'sub']);
      expect(readdirSync(join(roots, 'sub'))).toEqual(['shadow']);
      for (const path of [roots, join(roots, 'passwd'), join(roots, 'sub')])
        expect(statSync(path)).toMatchObject({ uid: 0, gid: 0 });
      expect(statSync(join(roots, 'passwd')).mode & 0o7777).toBe(0o600);
    };

    it('a scratch folder that was swapped for a link is left alone, and what the link leads to is too', async () => {
      const scratch = value(await server.scratch({ ...call(), beside: data }));
      expect(statSync(scratch.path)).toMatchObject({ ...games, mode: 0o40700 });
      renameSync(scratch.path, join(data, 'aside'));
      symlinkSync(roots, scratch.path);
      expect(fault(await scratch.remove(call())).code).toBe('folder-swapped');
      untouched();
      // One that a killed program left goes by its name: the link, and nothing behind it.
      const again = value(await server.scratch({ ...call(), again: scratch.path }));
      value(await again.remove(call()));
      expect(existsSync(scratch.path)).toBe(false);
      untouched();
    });

    it('links inside, made while it is removed, lead nowhere', async () => {
      await race(
        games,
        `my $i = 0; while (1) { for my $d (glob("${data}/.kanilink-*")) { symlink("${roots}", "$d/l" . $i++); rename($d, "${data}/gone"); symlink("${roots}", $d); unlink($d); rename("${data}/gone", $d); } }`,
        async () => {
          for (let round = 0; round < 12; round++) {
            const scratch = await server.scratch({ ...call(), beside: data });
            if (scratch.ok) await scratch.value.remove(call());
          }
        },
      );
      untouched();
      for (const name of readdirSync(data)) rmSync(join(data, name), { recursive: true });
    });

    it('the folder of backups is made by the service’s own user, and no link in its place is given anything', async () => {
      const backups = join(data, 'kanilink-backups');
      await race(
        games,
        `while (1) { rmdir("${backups}"); symlink("${join(roots, 'passwd')}", "${backups}"); unlink("${backups}"); symlink("${roots}", "${backups}"); unlink("${backups}"); }`,
        async () => {
          for (let round = 0; round < 25; round++) await server.makeFolder(backups, 0o700, call());
        },
      );
      untouched();
      rmSync(backups, { recursive: true, force: true });
      symlinkSync(roots, backups);
      expect(fault(await server.makeFolder(backups, 0o700, call())).code).toBe('file-exists');
      rmSync(backups);
      symlinkSync(join(roots, 'new'), backups);
      expect(fault(await server.makeFolder(backups, 0o700, call())).code).toBe('file-exists');
      untouched();
      rmSync(backups);
      value(await server.makeFolder(backups, 0o700, call()));
      expect(statSync(backups)).toMatchObject({ ...games, mode: 0o40700 });
      symlinkSync(join(roots, 'passwd'), join(backups, 'a.json.gz'));
      const read = await server.readFile(join(backups, 'a.json.gz'), { ...call(), maxBytes: 1_000 });
      expect(read.ok).toBe(false);
      untouched();
    });

    it('kanidmd runs as the service’s user, its test of a configuration in a folder of theirs', async () => {
      const program = join(sshd.folder, 'kanidmd-who');
      writeFileSync(
        program,
        '#!/bin/sh\nwhile [ $# -gt 2 ]; do shift; done\ncat "$2" > /dev/null && echo "ERROR $(id -u) $(stat -c %u:%a "${2%/*}") ${2%/*}"\n',
      );
      chmodSync(program, 0o755);
      chmodSync(join(sshd.folder, 'etc'), 0o755);
      writeFileSync(sshd.config, CONFIG);
      const own = await open({ kanidmd: program });
      const said = value(await own.kanidmd(['domain', 'show'], call()));
      expect(said.stdout).toContain(`ERROR ${games.uid} `);
      const tested = value(await own.testConfig(Buffer.from(CONFIG), call()));
      expect(tested.output).toContain(
        `ERROR ${games.uid} ${games.uid}:700 /run/kanilink-kanidmd.service-test-`,
      );
      expect(readdirSync('/run').filter((name) => name.startsWith('kanilink-kanidmd.service-test'))).toEqual(
        [],
      );
      // A file that root alone may read is not the service's either.
      writeFileSync(join(roots, 'server.toml'), CONFIG, { mode: 0o600 });
      const closed = await open({ kanidmd: program, config: join(roots, 'server.toml') });
      expect(value(await closed.kanidmd(['domain', 'show'], call())).stdout).toBe('');
      rmSync(join(roots, 'server.toml'));
      await own.close();
      await closed.close();
    });

    it('a configuration in a folder of theirs is replaced by them, and a swapped folder gives nothing away', async () => {
      const folder = theirs('conf');
      const path = join(folder, 'server.toml');
      const put = () => {
        writeFileSync(path, CONFIG);
        chownSync(path, games.uid, games.gid);
        chmodSync(path, 0o640);
      };
      const replace = (text: string) =>
        server.replaceFile(path, Buffer.from(text), { ...call(), expect: sha256Of(Buffer.from(CONFIG)) });
      put();
      value(await replace('# new\n'));
      expect(readFileSync(path, 'utf8')).toBe('# new\n');
      expect(statSync(path)).toMatchObject({ ...games, mode: 0o100640 });
      put();
      await race(
        games,
        `while (1) { for my $d (glob("${folder}/.kanilink-work-*")) { rename($d, "${folder}/gone"); symlink("${roots}", $d); unlink($d); rename("${folder}/gone", $d); } }`,
        async () => {
          for (let round = 0; round < 12; round++) {
            put();
            await replace(`# round ${round}\n`);
          }
        },
      );
      untouched();
      // A file that is root's in a folder of theirs cannot be kept so.
      writeFileSync(path, CONFIG);
      chownSync(path, 0, 0);
      chmodSync(path, 0o644);
      expect(fault(await replace('# new\n')).code).toBe('cannot-keep-owner');
      expect(readFileSync(path, 'utf8')).toBe(CONFIG);
    });

    it('a folder that more may write into than its owner is not worked in', async () => {
      for (const [name, mode] of [
        ['open', 0o777],
        ['sticky', 0o1777],
        ['group', 0o770],
      ] as const) {
        const folder = join(sshd.folder, name);
        mkdirSync(folder);
        if (name === 'group') chownSync(folder, 0, 54_321);
        chmodSync(folder, mode);
        writeFileSync(join(folder, 'server.toml'), CONFIG);
        const asked = { ...call(), expect: sha256Of(Buffer.from(CONFIG)) };
        const replaced = await server.replaceFile(join(folder, 'server.toml'), Buffer.from('x'), asked);
        expect(fault(replaced).code, name).toBe('folder-not-safe');
        expect(fault(await server.scratch({ ...call(), beside: folder })).code, name).toBe('folder-not-safe');
        expect(readdirSync(folder)).toEqual(['server.toml']);
      }
      // By a symlink of root's that leads through a folder of theirs, root is led nowhere.
      const led = join(sshd.folder, 'led');
      symlinkSync(join(data, 'way'), led);
      symlinkSync(roots, join(data, 'way'));
      const scratch = value(await server.scratch({ ...call(), beside: data }));
      value(await scratch.remove(call()));
      expect((await server.scratch({ ...call(), beside: led })).ok).toBe(false);
      untouched();
    });

    it('where the service is root’s own, what somebody else may change is not run', async () => {
      sshd.serviceRunsAs('root');
      const folder = theirs('rootconf');
      writeFileSync(join(folder, 'server.toml'), CONFIG);
      const own = await open({ config: join(folder, 'server.toml') });
      expect(fault(await own.kanidmd(['domain', 'show'], call())).code).toBe('not-roots-alone');
      expect(fault(await own.testConfig(Buffer.from(CONFIG), call())).code).toBe('not-roots-alone');
      await own.close();
      writeFileSync(sshd.config, CONFIG);
      chownSync(sshd.config, games.uid, games.gid);
      const theirFile = await open();
      expect(fault(await theirFile.kanidmd(['domain', 'show'], call())).code).toBe('not-roots-alone');
      chownSync(sshd.config, 0, 0);
      value(await theirFile.kanidmd(['domain', 'show'], call()));
      await theirFile.close();
      sshd.serviceRunsAs('games');
    });
  },
);
