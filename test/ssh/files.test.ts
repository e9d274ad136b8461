import { execFileSync } from 'node:child_process';
import {
  chownSync,
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServerConnection } from '../../electron/engine/connect/connection';
import { sha256Of } from '../../electron/engine/connect/common/files';
import { openSsh } from '../../electron/engine/connect/ssh/open-ssh';
import { ConnectionPool } from '../../electron/engine/connect/common/pool';
import type { Result } from '../../shared/base/result';
import { trusted } from '../../shared/base/names';
import { value } from '../support/results';
import { call, missing, person, type Sshd, startSshd } from './sshd';

const userOf = (name: string) => {
  const number = (what: string) => Number(execFileSync('id', [what, name], { encoding: 'utf8' }));
  return { uid: number('-u'), gid: number('-g') };
};
const code = (result: Result<unknown>) => (result.ok ? 'ok' : result.error.code);

// Every promise about files holds with and without sudo; root may do both.
describe.skipIf(missing !== null).each([{ sudo: false }, { sudo: true }])(
  'files, sudo: $sudo',
  ({ sudo }) => {
    let sshd: Sshd;
    let server: ServerConnection;
    const original = '# first\ndomain = "example.com"\n';
    const expectOriginal = sha256Of(Buffer.from(original));

    beforeAll(async () => {
      sshd = await startSshd();
      sshd.trust('ed25519');
      sshd.serviceRunsAs('games');
      if (sudo) sshd.loginIs(54321);
      server = value(await openSsh(sshd.target({ sudo }), person(), call(), { pool: new ConnectionPool(0) }));
    });
    afterAll(async () => {
      await server?.close();
      await sshd?.stop();
    });
    beforeEach(() => {
      writeFileSync(sshd.config, original);
      chownSync(sshd.config, 4321, 8765);
      chmodSync(sshd.config, 0o440);
    });
    const beside = () => readdirSync(dirname(sshd.config)).filter((name) => name !== 'server.toml');

    it('reads a file with its checksum, owner and mode', async () => {
      const file = value(await server.readFile(sshd.config, { ...call(), maxBytes: 1000 }));
      expect(Buffer.from(file.bytes).toString()).toBe(original);
      expect(file.sha256).toBe(expectOriginal);
      expect(file.stat).toMatchObject({
        kind: 'file',
        size: original.length,
        mode: 0o440,
        uid: 4321,
        gid: 8765,
      });
    });

    it('reads a large binary file whole, and refuses one larger than allowed', async () => {
      const path = join(sshd.state, 'large');
      const bytes = Buffer.from(Array.from({ length: 1_500_001 }, (_, index) => (index * 7919) % 256));
      writeFileSync(path, bytes);
      const file = value(await server.readFile(path, { ...call(), maxBytes: bytes.length }));
      expect(file.sha256).toBe(sha256Of(bytes));
      expect(code(await server.readFile(path, { ...call(), maxBytes: bytes.length - 1 }))).toBe(
        'file-too-large',
      );
    });

    it('says what is not there, and what is not a file', async () => {
      expect(value(await server.stat('/no/such/file', call()))).toBeNull();
      expect(code(await server.readFile('/no/such/file', { ...call(), maxBytes: 10 }))).toBe('no-such-file');
      expect(code(await server.readFile('/etc', { ...call(), maxBytes: 10 }))).toBe('not-a-file');
      expect(value(await server.stat('/etc', call()))).toMatchObject({ kind: 'folder' });
    });

    it('replaces a file and keeps its owner and mode', async () => {
      const bytes = Buffer.from('# second\n');
      const sha = value(await server.replaceFile(sshd.config, bytes, { ...call(), expect: expectOriginal }));
      expect(sha).toBe(sha256Of(bytes));
      expect(readFileSync(sshd.config, 'utf8')).toBe('# second\n');
      expect(statSync(sshd.config)).toMatchObject({ uid: 4321, gid: 8765, mode: 0o100440 });
      expect(beside()).toEqual([]);
    });

    it('leaves a file alone that is not the one that was read', async () => {
      const other = trusted<typeof expectOriginal>('0'.repeat(64));
      const replaced = await server.replaceFile(sshd.config, Buffer.from('x'), { ...call(), expect: other });
      expect(code(replaced)).toBe('file-changed');
      expect(readFileSync(sshd.config, 'utf8')).toBe(original);
      expect(beside()).toEqual([]);
    });

    it('replaces what a symlink leads to, and keeps the link', async () => {
      const link = join(sshd.state, 'link.toml');
      symlinkSync(sshd.config, link);
      value(await server.replaceFile(link, Buffer.from('linked'), { ...call(), expect: expectOriginal }));
      expect(lstatSync(link).isSymbolicLink()).toBe(true);
      expect(readFileSync(sshd.config, 'utf8')).toBe('linked');
    });

    it('makes folders for the owner of the parent, accepts them again, refuses one that is open to more', async () => {
      const path = join(sshd.state, 'backups');
      const { uid, gid } = userOf('games');
      chownSync(sshd.state, uid, gid);
      chmodSync(sshd.folder, 0o711);
      value(await server.makeFolder(path, 0o700, call()));
      expect(statSync(path)).toMatchObject({ mode: 0o40700, uid, gid });
      expect(code(await server.makeFolder(path, 0o700, call()))).toBe('ok');
      chmodSync(path, 0o755);
      expect(code(await server.makeFolder(path, 0o700, call()))).toBe('folder-too-open');
      expect(code(await server.makeFolder(sshd.config, 0o700, call()))).toBe('file-exists');
      chownSync(sshd.state, 0, 0);
    });

    it('makes a private scratch folder beside the config and removes it with all that is in it, but nothing it points at', async () => {
      const scratch = value(await server.scratch(call()));
      expect(dirname(scratch.path)).toBe(dirname(sshd.config));
      expect(statSync(scratch.path).mode & 0o7777).toBe(0o700);
      writeFileSync(join(scratch.path, 'kanidm.db'), 'x');
      symlinkSync(sshd.state, join(scratch.path, 'elsewhere'));
      writeFileSync(join(sshd.state, 'kept'), 'x');
      value(await scratch.remove(call()));
      expect(beside()).toEqual([]);
      expect(readFileSync(join(sshd.state, 'kept'), 'utf8')).toBe('x');
    });

    it('tells the free space', async () => {
      expect(value(await server.freeSpace(sshd.state, call()))).toBeGreaterThan(0);
    });

    it('names with quotes, blanks, newlines and leading dashes are only names', async () => {
      for (const name of [
        `a'b"c`,
        '$(touch pwned)',
        '`touch pwned`',
        '-rf',
        'a;touch pwned',
        'a\nb',
        '&& touch pwned',
        '*',
        'ü 🪨',
        '\\',
        '!x',
      ]) {
        const path = join(sshd.state, name);
        writeFileSync(path, name);
        const read = value(await server.readFile(path, { ...call(), maxBytes: 100 }));
        expect(Buffer.from(read.bytes).toString()).toBe(name);
        value(await server.replaceFile(path, Buffer.from('new'), { ...call(), expect: read.sha256 }));
        expect(readFileSync(path, 'utf8')).toBe('new');
      }
      expect(readdirSync('/root').filter((name) => /pwned|kanilink/.test(name))).toEqual([]);
    });
  },
);
