import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { NODE_MODULES, packageProgram, ROOT } from '../launch/places.mjs';
import { additions } from './additions.mjs';

/**
 * `npm run golden`: adds what `additions.mjs` says to a copy of the sources, all of it at once, and exits 0 only when that
 * compiles, when no addition touches more files than it may, and when the compiler complains of each of them while one of
 * its edits is forgotten. Two checks of the types and two of the window: about a minute of a processor.
 */

const SOURCES = ['shared', 'electron', 'practice', 'renderer', 'test', 'build', 'docs', 'tsconfig.json'];
const CONFIGS = ['electron.vite.config.ts', 'vitest.config.ts', 'package.json'];

const folder = mkdtempSync(join(tmpdir(), 'kanilink-golden-'));
const copy = join(folder, 'copy');
try {
  for (const source of [...SOURCES, ...CONFIGS])
    cpSync(join(ROOT, source), join(copy, source), {
      recursive: true,
      filter: (from) => !/[\\/](recorded|field|pictures|icons)$/.test(from),
    });
  symlinkSync(NODE_MODULES, join(copy, 'node_modules'), 'junction');
  const all = errorsWith(additions.flatMap(({ edits }) => edits));
  const forgetful = errorsWith(
    additions.flatMap(({ edits, forgotten }) => edits.filter(({ file }) => file !== forgotten)),
  );
  if (all !== '') console.log(`BAD what is added does not compile:\n${all.slice(0, 4000)}`);
  const judged = additions.map((addition) => judge(addition, forgetful));
  process.exitCode = all === '' && judged.every(Boolean) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Counts an addition's files, and says how it went.
 *
 * @param {import('./additions.mjs').Addition} addition
 * @param {string} forgetful what the compiler said while one edit of each was forgotten
 * @returns {boolean} it is as easy as it must be
 */
function judge({ name, files, folders = [], edits, forgotten, complains }, forgetful) {
  const touched = [...new Set(edits.map(({ file }) => file))].filter(
    (file) => !folders.some((own) => file.startsWith(own)),
  );
  const faults = [
    ...(touched.length > files ? [`touches ${touched.length} files, at most ${files} are allowed`] : []),
    ...(forgetful.includes(complains)
      ? []
      : [`without its edit of ${forgotten} nothing complains of ${complains}`]),
  ];
  console.log(`${faults.length === 0 ? 'ok ' : 'BAD'} ${name}: ${touched.length} of ${files} files`);
  for (const line of [...touched, ...faults]) console.log(`    ${line}`);
  return faults.length === 0;
}

/**
 * What the compilers say of the copy with some edits, which are taken back after.
 *
 * @param {readonly import('./additions.mjs').Edit[]} edits
 * @returns {string} empty: it compiles
 * @throws when a text that an edit goes in front of does not stand there once: the addition is out of date
 */
function errorsWith(edits) {
  /** @type {Map<string, string | null>} */
  const before = new Map();
  for (const edit of edits) {
    const path = join(copy, edit.file);
    const text = existsSync(path) ? readFileSync(path, 'utf8') : null;
    if (!before.has(path)) before.set(path, text);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, edited(text, edit));
  }
  const errors = check();
  for (const [path, text] of before) {
    if (text === null) rmSync(path);
    else writeFileSync(path, text);
  }
  return errors;
}

/**
 * @param {string | null} text of the file; null: there is none
 * @param {import('./additions.mjs').Edit} edit
 */
function edited(text, { file, before, add }) {
  if (before === undefined && text === null) return add;
  const parts = before === undefined ? [] : (text ?? '').split(before);
  if (parts.length !== 2)
    throw new Error(`build/golden/additions.mjs: ${JSON.stringify(before)} does not stand once in ${file}`);
  return parts.join(`${add}${before}`);
}

/** What TypeScript and svelte-check say of the copy; empty: nothing is wrong. @returns {string} */
function check() {
  const info = join(folder, 'types.json');
  return [
    ['typescript/bin/tsc', '--noEmit', '--incremental', '--tsBuildInfoFile', info],
    ['svelte-check/bin/svelte-check', '--tsconfig', './renderer/tsconfig.json', '--output', 'human'],
  ]
    .map(([program = '', ...args]) => {
      const { status, stdout } = spawnSync(process.execPath, [packageProgram(program), ...args], {
        cwd: copy,
        encoding: 'utf8',
      });
      return status === 0 ? '' : stdout;
    })
    .join('');
}
