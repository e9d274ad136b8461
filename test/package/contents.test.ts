import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../build/launch/places.mjs';
import { packageOf } from './support/packages';

const SHELLS_OF_BOTH = [
  '/usr/share/bash-completion/completions/kanilink',
  '/usr/share/fish/vendor_completions.d/kanilink.fish',
];
/** Where each system looks, without being told, for what is not the app itself. */
const KINDS = [
  { end: '.deb', zsh: '/usr/share/zsh/vendor-completions/_kanilink' },
  { end: '.rpm', zsh: '/usr/share/zsh/site-functions/_kanilink' },
];

/** What a package would put onto a system, without one: its files, taken out of it. */
describe.each(KINDS)('the $end', ({ end, zsh }) => {
  const file = packageOf(end);
  let folder = '';
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
  beforeAll(() => {
    if (file === null) return;
    folder = mkdtempSync(join(tmpdir(), 'kanilink-contents-'));
    const archive =
      end === '.deb' ? 'dpkg-deb --fsys-tarfile "$0" | tar -xC "$1"' : 'rpm2archive - <"$0" | tar -xzC "$1"';
    execFileSync('sh', ['-c', `${archive} --exclude=./opt --exclude=opt --exclude=/opt`, file, folder]);
  });
  afterAll(() => {
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });

  it.skipIf(file === null)('has these files beside the app, and no other', () => {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length));
    const icon = /^\/usr\/share\/icons\/hicolor\/(\d+)x\1\/apps\/kanilink\.png$/;
    const watching = readdirSync(join(ROOT, 'docs', 'watching'));
    expect(files.filter((path) => !icon.test(path)).sort()).toEqual(
      [
        ...SHELLS_OF_BOTH,
        zsh,
        '/usr/bin/kanilink',
        '/usr/share/applications/kanilink.desktop',
        '/usr/share/doc/kanilink/copyright',
        ...watching.map((name) => `/usr/share/doc/kanilink/watching/${name}`),
        '/usr/share/man/man1/kanilink.1.gz',
        '/usr/share/mime/packages/kanilink.xml',
      ].sort(),
    );
    expect(files.filter((path) => icon.test(path)).length).toBeGreaterThan(4);
  });

  it.skipIf(file === null)('has each of them once: what an archive has beside the app is not in it', () => {
    const list = end === '.deb' ? 'dpkg-deb --fsys-tarfile "$0" | tar -t' : 'rpm2archive - <"$0" | tar -tz';
    const names = execFileSync('sh', ['-c', list, file ?? ''], { encoding: 'utf8' }).split('\n');
    expect(names.filter((name) => name.includes('/opt/Kanilink/resources/'))).not.toEqual([]);
    expect(names.filter((name) => name.includes('/opt/Kanilink/share'))).toEqual([]);
  });

  it.skipIf(file === null)('offers words in each shell', () => {
    const [bash = '', fish = ''] = SHELLS_OF_BOTH;
    expect(read(bash)).toContain('complete -o filenames -F _kanilink kanilink');
    expect(read(fish)).toContain('complete -c kanilink ');
    expect(read(zsh)).toMatch(/^#compdef kanilink\n/);
  });

  it.skipIf(file === null)('opens the kind of file that it declares', () => {
    const entry = read('/usr/share/applications/kanilink.desktop');
    const declared = read('/usr/share/mime/packages/kanilink.xml');
    const type = /<mime-type type="([^"]+)">/.exec(declared)?.[1];
    expect(declared).toContain('<glob pattern="*.kanilink.toml"/>');
    expect(/^MimeType=(.*)$/m.exec(entry)?.[1]?.split(';').filter(Boolean)).toEqual([type]);
    expect(entry).toMatch(/^Exec=.* %U$/m);
  });
});
