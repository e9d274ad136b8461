import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf, foldersOf } from './stage.mjs';

/** @typedef {import('./stage.mjs').About} About */

/** Folders that are the package's own, with all that are in them: one that no package owns stays when the package goes. */
const OWN = ['/opt/Kanilink', '/usr/share/doc/kanilink'];

/** What electron-builder says, in rpm's words. @type {Readonly<Record<string, string>>} */
const ARCHITECTURES = { amd64: 'x86_64', arm64: 'aarch64' };

/**
 * Makes an rpm (https://rpm-software-management.github.io/rpm/manual/spec.html).
 * @param {string} root what is installed
 * @param {About} about
 * @param {string} work a folder for rpmbuild
 * @param {string} output the package
 * @param {boolean} quick compressed little
 */
export function makeRpm(root, about, work, output, quick) {
  const files = filesOf(root).map((path) => {
    const setuid = path.endsWith('/chrome-sandbox') ? '%attr(4755, root, root) ' : '';
    return `${setuid}"${path.replaceAll('%', '%%')}"`;
  });
  const folders = foldersOf(root)
    .filter((path) => OWN.some((own) => path === own || path.startsWith(`${own}/`)))
    .map((path) => `%dir "${path.replaceAll('%', '%%')}"`);
  const spec = `Name: ${about.name}
Version: ${about.version.replaceAll('-', '~')}
Release: 1
Summary: ${about.summary}
License: ${about.license}
URL: ${about.url}
Vendor: ${about.maintainer}
Packager: ${about.maintainer}
AutoReqProv: no
${about.depends.map((name) => `Requires: ${name}\n`).join('')}
%description
${about.description}

%post
${script(about.afterInstall)}
%postun
${script(about.afterRemove)}
%files
%defattr(-, root, root, -)
${folders.join('\n')}
${files.join('\n')}
`;
  const architecture = ARCHITECTURES[about.architecture] ?? about.architecture;
  const specFile = join(work, 'kanilink.spec');
  const built = join(work, 'rpms');
  mkdirSync(built);
  writeFileSync(specFile, spec);
  // What was built is packed as it is: nothing is stripped, compiled or rewritten.
  const macros = {
    _topdir: join(work, 'rpmbuild'),
    _rpmdir: built,
    __os_install_post: '%{nil}',
    debug_package: '%{nil}',
    _build_id_links: 'none',
    _binary_payload: quick ? 'w1.gzdio' : 'w6T0.xzdio',
    _buildhost: 'localhost',
  };
  const defines = Object.entries(macros).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
  const args = ['-bb', '--quiet', '--target', architecture, '--buildroot', root, ...defines, specFile];
  execFileSync('rpmbuild', args, { stdio: 'inherit' });
  const [folder = ''] = readdirSync(built);
  const [name = ''] = readdirSync(join(built, folder));
  cpSync(join(built, folder, name), output);
}

/** A percent sign begins a macro in a spec. @param {string} text */
const script = (text) => text.replace(/^#!.*\n/, '').replaceAll('%', '%%');
