#!/usr/bin/env node
/**
 * Makes a deb or an rpm with the system's own dpkg-deb or rpmbuild, from the arguments that electron-builder gives fpm: it
 * runs this in fpm's place (CUSTOM_FPM_PATH), which it would download otherwise. See docs/decisions/0042.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeControl } from './deb.mjs';
import { makeRpm } from './rpm.mjs';
import { filesOf, place } from './stage.mjs';

const text = /** @type {const} */ ({ type: 'string' });
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    s: { type: 'string', short: 's' },
    t: { type: 'string', short: 't' },
    d: { type: 'string', short: 'd', multiple: true },
    force: { type: 'boolean' },
    architecture: text,
    'after-install': text,
    'after-remove': text,
    description: text,
    version: text,
    package: text,
    name: text,
    maintainer: text,
    vendor: text,
    url: text,
    category: text,
    license: text,
    'deb-priority': text,
    'deb-compression': text,
    'deb-recommends': { type: 'string', multiple: true },
    'rpm-summary': text,
    'rpm-os': text,
    'rpm-compression': text,
  },
});

/** @param {keyof typeof values} name */
const given = (name) => {
  const value = values[name];
  if (typeof value !== 'string') throw new Error(`--${name} is missing`);
  return value;
};

/** gzip is what tests take: quick, and nobody downloads it. */
const quick = values['deb-compression'] === 'gz' || values['rpm-compression'] === 'gzip';

const work = mkdtempSync(join(tmpdir(), 'kanilink-package-'));
try {
  const root = join(work, 'root');
  mkdirSync(root, { mode: 0o755 });
  for (const mapping of positionals) {
    const [from = '', to = ''] = mapping.split('=');
    place(root, from, to);
  }
  // What an archive has beside the app: here each of it is placed where the system looks.
  rmSync(join(root, 'opt', 'Kanilink', 'share'), { recursive: true, force: true });
  const [summary = '', ...more] = given('description').split('\n');
  const about = {
    name: given('name'),
    version: given('version'),
    architecture: given('architecture'),
    maintainer: given('maintainer'),
    url: given('url'),
    license: given('license'),
    summary: values['rpm-summary'] ?? summary.trim(),
    description: more.map((line) => line.trim()).join('\n') || summary.trim(),
    depends: values.d ?? [],
    recommends: values['deb-recommends'] ?? [],
    section: values.category ?? 'misc',
    priority: values['deb-priority'] ?? 'optional',
    afterInstall: readFileSync(given('after-install'), 'utf8'),
    afterRemove: readFileSync(given('after-remove'), 'utf8'),
  };
  if (values.t === 'deb') {
    writeControl(root, about, filesOf(root));
    const args = [
      '--root-owner-group',
      ...(quick ? ['-Zgzip', '-z1'] : ['-Zxz']),
      '--build',
      root,
      given('package'),
    ];
    execFileSync('dpkg-deb', args, { stdio: 'inherit' });
  } else if (values.t === 'rpm') makeRpm(root, about, work, given('package'), quick);
  else throw new Error(`${values.t ?? 'nothing'} is no kind of package that is made here`);
} catch (cause) {
  // Only of a program; a file that is missing says so itself.
  const missing = /^spawnSync (\S+) ENOENT$/.exec(cause instanceof Error ? cause.message : '')?.[1];
  if (missing === undefined) throw cause;
  throw new Error(`${missing} is not there. Install it: on Debian, the package dpkg or rpm.`, { cause });
} finally {
  rmSync(work, { recursive: true, force: true });
}
