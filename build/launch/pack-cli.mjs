import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { billOfMaterials, licencesText, NOTE, shippedOf } from '../package/shipped.mjs';
import { buildIfStale } from './build.mjs';
import { installPackages, runNpm } from './npm-packages.mjs';
import { OUT, ROOT } from './places.mjs';
import { run } from './run.mjs';
import { say, Stop } from './say.mjs';

/** What `npm pack` makes a tarball of, and what the packages with a window take along. */
export const CLI_FOLDER = join(OUT, 'package', 'kanilink');

const LIMIT_MS = 120_000;

/**
 * `pack:cli`: the command line alone as one npm tarball in dist/, for a Node without anything else:
 * `npm install -g dist/kanilink-VERSION.tgz`.
 * @returns {Promise<number>} exit code
 */
export async function packCli() {
  await installPackages();
  await buildIfStale();
  const made = await packCliInto(join(ROOT, 'dist'));
  say(`the command line: ${made}`);
  return 0;
}

/**
 * Packs the built command line.
 * @param {string} output a folder, made when missing
 * @returns {Promise<string>} the tarball's path; a bill of materials lies beside it
 */
export async function packCliInto(output) {
  await layOutCli();
  mkdirSync(output, { recursive: true });
  const packed = await runNpm(
    ['pack', '--json', '--ignore-scripts', '--pack-destination', output],
    LIMIT_MS,
    {
      output: 'captured',
      cwd: CLI_FOLDER,
    },
  );
  if (packed.code !== 0) throw new Stop(`npm pack failed (exit ${packed.code}):\n${packed.errors.trim()}`);
  const name = /** @type {string} */ (JSON.parse(packed.output)[0].filename);
  const tarball = join(output, name);
  cpSync(join(CLI_FOLDER, 'sbom.cdx.json'), billOf(tarball));
  return tarball;
}

/**
 * Where the tarball's bill of materials lies. The app's is named by the app, and many disks know no capital letters: both may lie
 * in one folder.
 * @param {string} tarball
 */
export const billOf = (tarball) => `${tarball}.cdx.json`;

/** Lays the command line out as it is installed: programs, manual page, completions, licences, what a watcher is set up with. */
export async function layOutCli() {
  rmSync(CLI_FOLDER, { recursive: true, force: true });
  mkdirSync(join(CLI_FOLDER, 'bin'), { recursive: true });
  mkdirSync(join(CLI_FOLDER, 'lib'));
  const from = join(OUT, 'cli');
  const programs = readdirSync(from).filter((name) => name.endsWith('.cjs') && name !== 'pages.cjs');
  for (const name of programs) cpSync(join(from, name), join(CLI_FOLDER, 'lib', name));
  cpSync(join(OUT, 'main', 'practice-kanidmd.cjs'), join(CLI_FOLDER, 'lib', 'practice-kanidmd.cjs'));
  const start = join(CLI_FOLDER, 'bin', 'kanilink.cjs');
  cpSync(join(ROOT, 'build', 'package', 'start-cli.cjs'), start);
  chmodSync(start, 0o755);
  const pages = await run(process.execPath, [join(from, 'pages.cjs'), CLI_FOLDER], {
    limitMs: LIMIT_MS,
    output: 'captured',
  });
  if (pages.code !== 0) throw new Stop(`the manual page could not be written:\n${pages.errors}`);
  const { name, version, description, license, engines, homepage, author, optionalDependencies } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  );
  const manifest = {
    ...{ name, version, description: `${description} The command line.`, license, engines, homepage, author },
    bin: { kanilink: 'bin/kanilink.cjs' },
    man: ['man/kanilink.1'],
    optionalDependencies,
  };
  const shipped = shippedOf([join(from, NOTE), join(OUT, 'main', `practice-kanidmd.${NOTE}`)]);
  const beside = shippedOf([], Object.keys(optionalDependencies));
  const texts = {
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    'THIRD-PARTY-LICENSES': licencesText(shipped, beside),
    'sbom.cdx.json': billOfMaterials({ name, version, license }, shipped, { beside }),
  };
  for (const [file, text] of Object.entries(texts)) writeFileSync(join(CLI_FOLDER, file), text);
  cpSync(join(ROOT, 'LICENSE'), join(CLI_FOLDER, 'LICENSE'));
  cpSync(join(ROOT, 'build', 'package', 'README.cli.md'), join(CLI_FOLDER, 'README.md'));
  cpSync(join(ROOT, 'docs', 'watching'), join(CLI_FOLDER, 'docs', 'watching'), { recursive: true });
  cpSync(join(ROOT, 'build', 'package', 'Containerfile'), join(CLI_FOLDER, 'Containerfile'));
}
