import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProgram } from '../../build/launch/display.mjs';
import { librariesOf } from '../real/docker/support/image';
import { runProgram } from './support/main-job';
import { packageOf, packedVersion } from './support/packages';

const rpm = packageOf('.rpm');
const deb = packageOf('.deb');
const { version } = packedVersion();
const said = (program: string, ...argv: string[]): readonly string[] =>
  execFileSync(program, argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    .trim()
    .split('\n');

/** There is no Fedora among the machines that test: it is read, unpacked, and installed into a root with a shell and nothing else. */
describe.skipIf(rpm === null)('the rpm', () => {
  const file = rpm ?? '';
  const query = (format: string): readonly string[] => said('rpm', '-qp', '--queryformat', format, file);
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kanilink-rpm-'));
    const archive = execFileSync('rpm2archive', ['-'], {
      input: readFileSync(file),
      maxBuffer: 1024 * 1024 * 1024,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    execFileSync('tar', ['-xzf', '-', '-C', folder], { input: archive });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('says what it is in the words of rpm', () => {
    expect(query('%{name} %{version} %{arch} %{license}')).toEqual([
      `kanilink ${version} ${process.arch === 'x64' ? 'x86_64' : 'aarch64'} MIT`,
    ]);
    expect(query('[%{requirename}\n]')).toEqual(expect.arrayContaining(['gtk3', 'nss', 'xdg-utils']));
    expect(said('rpm', '-K', '--nosignature', file)[0]).toMatch(/digests OK$/);
  });

  it('owns all its folders, as root, and lets nobody else write', () => {
    const entries = query('[%{filemodes:perms} %{fileusername} %{filenames}\n]').map((line) =>
      line.split(' '),
    );
    expect(entries.filter(([, user]) => user !== 'root')).toEqual([]);
    expect(entries.filter(([mode = '']) => !mode.startsWith('l') && /^.{5}w|^.{8}w/.test(mode))).toEqual([]);
    expect(entries.filter(([mode = '']) => /s/.test(mode.slice(1))).map(([, , path]) => path)).toEqual([
      '/opt/Kanilink/chrome-sandbox',
    ]);
    const owned = new Set(entries.map(([, , path]) => path));
    const folders = said('find', join(folder, 'opt', 'Kanilink'), '-type', 'd');
    expect(folders.map((path) => path.slice(folder.length)).filter((path) => !owned.has(path))).toEqual([]);
  });

  it.skipIf(deb === null)('has what the deb has, and zsh’s words where Fedora looks for them', () => {
    const ofRpm = query('[%{filenames}\n]');
    const ofDeb = said('sh', '-c', 'dpkg-deb --fsys-tarfile "$0" | tar -t', deb ?? '')
      .map((path) => path.slice(1))
      .filter((path) => !path.endsWith('/'))
      .map((path) => path.replace('/vendor-completions/_', '/site-functions/_'));
    expect(ofDeb.filter((path) => !ofRpm.includes(path))).toEqual([]);
  });

  it.skipIf(process.getuid?.() !== 0)(
    'is installed by rpm and leaves nothing of its own behind',
    async () => {
      const root = join(folder, 'root');
      const rpmSays = async (...argv: string[]): Promise<string> => {
        const { code, stdout, stderr } = await runProgram('rpm', [`--root=${root}`, ...argv], process.env);
        expect(code, `${argv.join(' ')}\n${stdout}${stderr}`).toBe(0);
        return stdout;
      };
      // Its scripts run in there.
      for (const path of ['/bin/sh', ...librariesOf('/bin/sh')])
        cpSync(path, join(root, path), { dereference: true });
      await rpmSays('--initdb');
      await rpmSays('--install', '--nodeps', file);
      // Owner, mode, size and digest of every file.
      expect(await rpmSays('--verify', '--nodeps', 'kanilink')).toBe('');
      expect(readlinkSync(join(root, 'usr', 'bin', 'kanilink'))).toBe('/opt/Kanilink/resources/kanilink');
      await rpmSays('--erase', 'kanilink');
      const left = said('find', root, '-iname', '*kanilink*');
      expect(left.filter((path) => path !== '')).toEqual([]);
    },
  );

  it.skipIf(findProgram('apparmor_parser') === undefined)(
    'brings a profile that AppArmor reads',
    async () => {
      const profile = join(folder, 'opt', 'Kanilink', 'resources', 'apparmor-profile');
      const parse = (path: string) =>
        runProgram('apparmor_parser', ['--skip-kernel-load', '--skip-cache', '--names', path], process.env);
      let read = await parse(profile);
      // Before 4.0 it knows neither this version of its language nor namespaces, and the script of the package leaves it out.
      if (/abi\/4\.0/.test(read.stderr)) {
        const older = join(folder, 'older-profile');
        writeFileSync(older, readFileSync(profile, 'utf8').replace(/^abi .*$|^ *userns,$/gm, ''));
        read = await parse(older);
      }
      expect(read).toMatchObject({ code: 0, stdout: 'kanilink\n' });
    },
  );

  it('runs where it is unpacked', async () => {
    const program = join(folder, 'opt', 'Kanilink', 'resources', 'kanilink');
    const { stdout } = await runProgram(program, ['--version'], { PATH: process.env['PATH'], HOME: folder });
    expect(stdout.trim()).toBe(version);
  });
});
