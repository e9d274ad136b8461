import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client, SFTPWrapper, Stats } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPracticeFleet, type PracticeFleet } from './fleet';
import type { Machine } from './machine';
import { makeFakeKanidmd } from './testing/fake-kanidmd';
import { connect, exec, openSftp, sftpCall, sftpDo } from './testing/ssh-client';

let fake: Awaited<ReturnType<typeof makeFakeKanidmd>>;
let fleet: PracticeFleet;
let machine: Machine;
let client: Client;
let sftp: SFTPWrapper;

beforeAll(async () => {
  fake = await makeFakeKanidmd();
  fleet = await startPracticeFleet({ servers: 1, kanidmd: fake.path });
  machine = fleet.machine('idm-a');
  client = await connect(fleet, machine);
  sftp = await openSftp(client);
});
afterAll(async () => {
  client.end();
  await fleet.close();
  await fake.remove();
});

const at = (name: string): string => join(machine.folder, name);
const NO_SUCH_FILE = 2;
const PERMISSION_DENIED = 3;
const FAILURE = 4;

const open = (path: string, flags: 'r' | 'w' | 'wx' | 'a' | 'r+'): Promise<Buffer> =>
  sftpCall((done) => sftp.open(path, flags, { mode: 0o600 }, done));
const write = (handle: Buffer, text: string, offset = 0): Promise<void> =>
  sftpDo((done) => sftp.write(handle, Buffer.from(text), 0, text.length, offset, done));
const close = (handle: Buffer): Promise<void> => sftpDo((done) => sftp.close(handle, done));
const stat = (path: string): Promise<Stats> => sftpCall((done) => sftp.stat(path, done));
const rename = (from: string, to: string): Promise<void> => sftpDo((done) => sftp.rename(from, to, done));
const posixRename = (from: string, to: string): Promise<void> =>
  sftpDo((done) => sftp.ext_openssh_rename(from, to, done));

describe('files over SFTP', () => {
  it('writes, flushes, reads back and keeps mode', async () => {
    const handle = await open(at('new'), 'wx');
    await write(handle, 'hello ');
    await write(handle, 'world', 6);
    await sftpDo((done) => sftp.ext_openssh_fsync(handle, done));
    await sftpDo((done) => sftp.fchmod(handle, 0o640, done));
    await close(handle);
    expect(readFileSync(at('new'), 'utf8')).toBe('hello world');
    expect((await stat(at('new'))).mode & 0o777).toBe(0o640);
    await sftpDo((done) => sftp.setstat(at('new'), { mtime: 1000, atime: 1000 }, done));
    expect((await stat(at('new'))).mtime).toBe(1000);
    expect((await sftpCall<Buffer>((done) => sftp.readFile(at('new'), done))).toString()).toBe('hello world');
  });

  it('carries a file of many packets unharmed', async () => {
    const bytes = Buffer.alloc(3_000_000, 'kanidm');
    await sftpDo((done) => sftp.writeFile(at('big'), bytes, done));
    expect((await sftpCall<Buffer>((done) => sftp.readFile(at('big'), done))).equals(bytes)).toBe(true);
  });

  it('does not open a file exclusively twice', async () => {
    writeFileSync(at('there'), '');
    await expect(open(at('there'), 'wx')).rejects.toMatchObject({ code: FAILURE });
  });

  it('appends to the end whatever the offset', async () => {
    writeFileSync(at('log'), 'one\n');
    const handle = await open(at('log'), 'a');
    await write(handle, 'two\n', 0);
    await close(handle);
    expect(readFileSync(at('log'), 'utf8')).toBe('one\ntwo\n');
  });

  it('lists, makes and removes folders', async () => {
    await sftpDo((done) => sftp.mkdir(at('folder'), { mode: 0o700 }, done));
    expect((await stat(at('folder'))).mode & 0o777).toBe(0o700);
    writeFileSync(at('folder/file'), '');
    const names = (await sftpCall<{ filename: string }[]>((done) => sftp.readdir(at('folder'), done))).map(
      (f) => f.filename,
    );
    expect(names).toEqual(['file']);
    await expect(sftpDo((done) => sftp.rmdir(at('folder'), done))).rejects.toMatchObject({
      code: FAILURE,
    });
    await sftpDo((done) => sftp.unlink(at('folder/file'), done));
    await sftpDo((done) => sftp.rmdir(at('folder'), done));
    await expect(stat(at('folder'))).rejects.toMatchObject({ code: NO_SUCH_FILE });
  });

  it('makes and reads symlinks, and finds real paths', async () => {
    await sftpDo((done) => sftp.symlink('target', at('link'), done));
    expect(await sftpCall<string>((done) => sftp.readlink(at('link'), done))).toBe('target');
    expect(await sftpCall<string>((done) => sftp.realpath('.', done))).toBe(machine.folder);
    expect(await sftpCall<string>((done) => sftp.realpath(at('etc/../etc/kanidm'), done))).toBe(
      at('etc/kanidm'),
    );
  });

  it('tells the free space', async () => {
    const space = await sftpCall<{ f_bavail?: number; f_frsize?: number }>((done) =>
      sftp.ext_openssh_statvfs(machine.folder, done),
    );
    expect(space).toMatchObject({ f_bavail: expect.any(Number), f_frsize: expect.any(Number) });
  });
});

describe('renaming over SFTP', () => {
  it('never replaces a file plainly, as OpenSSH does not', async () => {
    writeFileSync(at('from'), 'new');
    writeFileSync(at('to'), 'old');
    await expect(rename(at('from'), at('to'))).rejects.toMatchObject({ code: FAILURE });
    expect(readFileSync(at('to'), 'utf8')).toBe('old');
    await rename(at('from'), at('elsewhere'));
    expect(readFileSync(at('elsewhere'), 'utf8')).toBe('new');
  });

  it('replaces it whole by posix-rename', async () => {
    writeFileSync(at('from'), 'new');
    await posixRename(at('from'), at('to'));
    expect(readFileSync(at('to'), 'utf8')).toBe('new');
    await expect(stat(at('from'))).rejects.toMatchObject({ code: NO_SUCH_FILE });
  });
});

describe('the fence', () => {
  it('lets nobody out, by name, by .. or by symlink', async () => {
    symlinkSync(fleet.root, at('way-out'));
    symlinkSync('/nowhere/at/all', at('dangling'));
    for (const path of ['/etc/passwd', at('../fleet.toml'), at('way-out/fleet.toml')]) {
      await expect(open(path, 'r')).rejects.toMatchObject({ code: PERMISSION_DENIED });
      await expect(stat(path)).rejects.toMatchObject({ code: PERMISSION_DENIED });
      await expect(posixRename(path, at('stolen'))).rejects.toMatchObject({ code: PERMISSION_DENIED });
    }
    await expect(open(at('way-out/new'), 'w')).rejects.toMatchObject({ code: PERMISSION_DENIED });
    await expect(open(at('dangling'), 'w')).rejects.toMatchObject({ code: PERMISSION_DENIED });
  });

  it('shows the machine its own uptime', async () => {
    const text = (await sftpCall<Buffer>((done) => sftp.readFile('/proc/uptime', done))).toString();
    expect(text).toMatch(/^\d+\.\d\d \d+\.\d\d\n$/);
  });
});

describe('trouble on demand', () => {
  it('fails writes, renames and commands the given number of times', async () => {
    machine.failNext('sftp-write', 1);
    const handle = await open(at('unlucky'), 'w');
    await expect(write(handle, 'x')).rejects.toMatchObject({ code: FAILURE });
    await write(handle, 'x');
    await close(handle);
    machine.failNext('rename', 1);
    await expect(posixRename(at('unlucky'), at('lucky'))).rejects.toMatchObject({ code: FAILURE });
    await posixRename(at('unlucky'), at('lucky'));
    machine.failNext('exec', 1);
    await expect(exec(client, 'id -u')).rejects.toThrow(/Unable to exec/);
    expect((await exec(client, 'id -u')).code).toBe(0);
  });
});
