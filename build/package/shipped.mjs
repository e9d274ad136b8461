import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_MODULES } from '../launch/places.mjs';

/**
 * An npm package of which something is shipped.
 * @typedef {object} Shipped
 * @property {string} name
 * @property {string} version
 * @property {string} license as its package.json says: an SPDX expression
 * @property {string} text of its licence
 */

/** What a bundle notes beside itself; no package takes it along. */
export const NOTE = 'npm-packages.json';

/**
 * A plugin of Vite: notes which npm packages a bundle was made of, fonts and style sheets included, in a file beside it.
 * @param {string} [note] its name, where several bundles lie in one folder
 * @returns {import('vite').Plugin}
 */
export function notePackages(note = NOTE) {
  return {
    name: 'kanilink:note-packages',
    generateBundle(_, bundle) {
      const files = Object.values(bundle).flatMap((part) =>
        part.type === 'chunk' ? part.moduleIds : [...part.originalFileNames],
      );
      const source = `${JSON.stringify(packagesOf(files), null, 2)}\n`;
      this.emitFile({ type: 'asset', fileName: note, source });
    },
  };
}

/**
 * The packages files belong to, each once and sorted.
 * @param {readonly string[]} files paths or ids of modules
 */
export function packagesOf(files) {
  const names = files.flatMap((file) => {
    const inside = file.replaceAll('\\', '/').split('node_modules/').slice(1).at(-1);
    const name = inside === undefined ? undefined : /^(?:@[^/]+\/)?[^/?]+/.exec(inside)?.[0];
    return name === undefined ? [] : [name];
  });
  return [...new Set(names)].filter((name) => existsSync(join(NODE_MODULES, name, 'package.json'))).sort();
}

/**
 * What is shipped, from the notes of bundles and the packages that come along whole, with all they depend on.
 * @param {readonly string[]} notes files that `notePackages` left
 * @param {readonly string[]} whole names
 * @returns {Shipped[]} sorted by name
 */
export function shippedOf(notes, whole = []) {
  const bundled = notes.flatMap((file) => /** @type {string[]} */ (JSON.parse(readFileSync(file, 'utf8'))));
  const all = new Set([...bundled, ...whole.flatMap((name) => [...withDependencies(name)])]);
  return [...all].sort().map(describe);
}

/**
 * What is packed beside the bundles and is named by no import: Electron, as the lock file has it. Its npm package is in nothing
 * that is shipped, but advisories and licences are those of that name.
 * @returns {Shipped}
 */
export const packedElectron = () => describe('electron');

/** @param {string} name @param {Set<string>} [found] */
function withDependencies(name, found = new Set()) {
  if (found.has(name) || !existsSync(join(NODE_MODULES, name, 'package.json'))) return found;
  found.add(name);
  for (const next of Object.keys(readPackage(name).dependencies ?? {})) withDependencies(next, found);
  return found;
}

/** @param {string} name @returns {Shipped} */
function describe(name) {
  const { version, license, licenses } = readPackage(name);
  // Before npm asked for one expression, a package listed them.
  const listed = Array.isArray(licenses) ? licenses.map(({ type }) => type).join(' OR ') : '';
  const folder = join(NODE_MODULES, name);
  const file = readdirSync(folder).find((each) => /^(?:licen[cs]e|copying)(?:\.|$|-)/i.test(each));
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
  return {
    name,
    version,
    license: typeof license === 'string' ? license : listed || (READ[name] ?? ''),
    text,
  };
}

/** What the licence's text is, of packages that do not say it in package.json. @type {Readonly<Record<string, string>>} */
const READ = { 'svelte-toolbelt': 'MIT' };

/** @param {string} name @returns {{ version: string, license?: unknown, licenses?: unknown, dependencies?: Record<string, string> }} */
const readPackage = (name) => JSON.parse(readFileSync(join(NODE_MODULES, name, 'package.json'), 'utf8'));

/** Licences that let us ship what is under them with our own, MIT; each only asks to be named. */
export const ALLOWED = [
  ...['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'Unlicense'],
  ...['OFL-1.1', 'CC0-1.0', 'Zlib'],
];

/**
 * Packages whose licence is not one of those: their names with what they say.
 * @param {readonly Shipped[]} shipped
 */
export const notAllowed = (shipped) =>
  shipped
    .filter(({ license }) => {
      const all = license.split(/\s+(?:AND|OR)\s+|[()]/).filter(Boolean);
      return all.length === 0 || !all.every((one) => ALLOWED.includes(one));
    })
    .map(({ name, version, license }) => `${name} ${version}: ${license || 'says no licence'}`)
    .concat(
      shipped
        .filter(({ text }) => text === '')
        .map(({ name }) => name)
        .filter((name) => !TEXTLESS.includes(name))
        .map((name) => `${name}: has no licence text`),
    );

/** Packages that name their licence, and bring no text of it. */
const TEXTLESS = /** @type {string[]} */ ([]);

/**
 * One text with the licences of everything shipped.
 * @param {readonly Shipped[]} shipped
 * @param {readonly Shipped[]} [beside] what npm installs beside it where it can
 */
export const licencesText = (shipped, beside = []) =>
  [
    'Kanilink is made of these packages, too. Each is used under its own licence.',
    ...shipped.map(licenceText),
    ...(beside.length === 0 ? [] : [BESIDE, ...beside.map(licenceText)]),
  ].join('\n\n') + '\n';

/** @param {Shipped} shipped */
const licenceText = ({ name, version, license, text }) =>
  `${'='.repeat(80)}\n${name} ${version} (${license})\n\n${text}`;

const BESIDE = `${'='.repeat(80)}
The packages that follow are not in this one. npm installs them beside it where its registry answers; of what they need in
turn it takes the newest that fits. Each is used under its own licence, which comes with it.`;

/**
 * A bill of materials, CycloneDX 1.5 (https://cyclonedx.org/docs/1.5/json/). The same input gives the same bytes.
 * @param {{ name: string, version: string, license: string }} product
 * @param {readonly Shipped[]} shipped
 * @param {{ beside?: readonly Shipped[], more?: readonly { name: string, version: string, license: string }[] }} [others]
 *   `beside`: what npm installs beside it where it can, and is not in it; `more`: what is no npm package, as Electron
 */
export function billOfMaterials(product, shipped, { beside = [], more = [] } = {}) {
  const lock = /** @type {Record<string, { integrity?: string }>} */ (
    JSON.parse(readFileSync(join(NODE_MODULES, '..', 'package-lock.json'), 'utf8')).packages
  );
  /** @param {string} license */
  const licenses = (license) => [
    /\s|\(/.test(license) ? { expression: license } : { license: { id: license } },
  ];
  const components = [...shipped, ...beside].map(({ name, version, license }, index) => {
    const [algorithm, base64] = (lock[`node_modules/${name}`]?.integrity ?? '').split('-');
    const hash = algorithm === 'sha512' && base64 ? Buffer.from(base64, 'base64').toString('hex') : null;
    const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
    return {
      ...{ type: 'library', 'bom-ref': purl, name, version, purl, licenses: licenses(license) },
      ...(index >= shipped.length && { scope: 'optional' }),
      ...(hash !== null && { hashes: [{ alg: 'SHA-512', content: hash }] }),
    };
  });
  const programs = more.map(({ name, version, license }) => ({
    ...{ type: 'framework', 'bom-ref': `${name}@${version}`, name, version, licenses: licenses(license) },
  }));
  const document = {
    ...{ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1 },
    metadata: {
      component: {
        type: 'application',
        'bom-ref': `${product.name}@${product.version}`,
        name: product.name,
        version: product.version,
        licenses: licenses(product.license),
      },
    },
    components: [...components, ...programs],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
