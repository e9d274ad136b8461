import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {import('./stage.mjs').About} About */

/**
 * Writes the control files of a Debian package (deb-control(5), deb-md5sums(5)) into its root.
 * @param {string} root
 * @param {About} about
 * @param {readonly string[]} files of the package
 */
export function writeControl(root, about, files) {
  const regular = files.filter((path) => lstatSync(join(root, path)).isFile());
  const bytes = regular.reduce((sum, path) => sum + lstatSync(join(root, path)).size, 0);
  const described = about.description.split('\n').map((line) => (line === '' ? ' .' : ` ${line}`));
  const fields = [
    `Package: ${about.name}`,
    `Version: ${about.version}`,
    `Architecture: ${about.architecture}`,
    `Maintainer: ${about.maintainer}`,
    `Installed-Size: ${Math.ceil(bytes / 1024)}`,
    ...(about.depends.length > 0 ? [`Depends: ${about.depends.join(', ')}`] : []),
    ...(about.recommends.length > 0 ? [`Recommends: ${about.recommends.join(', ')}`] : []),
    `Section: ${about.section}`,
    `Priority: ${about.priority}`,
    `Homepage: ${about.url}`,
    `Description: ${about.summary}`,
    ...described,
    '',
  ];
  const sums = regular.map((path) => {
    const sum = createHash('md5')
      .update(readFileSync(join(root, path)))
      .digest('hex');
    return `${sum}  ${path.slice(1)}\n`;
  });
  mkdirSync(join(root, 'DEBIAN'), { mode: 0o755 });
  writeFileSync(join(root, 'DEBIAN', 'control'), fields.join('\n'), { mode: 0o644 });
  writeFileSync(join(root, 'DEBIAN', 'md5sums'), sums.join(''), { mode: 0o644 });
  writeFileSync(join(root, 'DEBIAN', 'postinst'), about.afterInstall, { mode: 0o755 });
  writeFileSync(join(root, 'DEBIAN', 'postrm'), about.afterRemove, { mode: 0o755 });
}
