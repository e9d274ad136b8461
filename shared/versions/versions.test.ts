import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { rows } from './rows';
import { compareVersions, isRelease, knownKeys, lacks, spanOf, supports } from './versions';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('the rows', () => {
  it('end with the one version that is announced and not out: from it on no key is called unknown', () => {
    expect(rows.flatMap((row) => ('announced' in row ? [row.version] : []))).toEqual([rows.at(-1)?.version]);
  });

  it('are versions, oldest first', () => {
    for (const [index, row] of rows.entries()) {
      expect(isRelease(row.version), row.version).toBe(true);
      const before = rows[index - 1];
      if (before) expect(compareVersions(before.version, row.version), row.version).toBeLessThan(0);
    }
  });

  it('drop only what an earlier one added, and add nothing twice', () => {
    const has = new Set<string>();
    for (const row of rows) {
      for (const one of 'adds' in row ? row.adds : []) {
        expect(has.has(one), one).toBe(false);
        has.add(one);
      }
      for (const one of 'drops' in row ? row.drops : []) expect(has.has(one), one).toBe(true);
    }
    expect(new Set(knownKeys.map(({ key }) => key)).size).toBe(knownKeys.length);
    const dropped = rows.flatMap((row) => ('dropsKeys' in row ? [...row.dropsKeys] : []));
    expect(knownKeys.filter(({ until }) => until !== null).map(({ key }) => key)).toEqual(dropped);
  });

  it('have the recordings they speak of, and every recording has a row', () => {
    const recorded = rows.flatMap((row) => ('recorded' in row ? [row.version] : []));
    const folders = readdirSync(`${root}test/recorded`).flatMap(
      (name) => /^kanidmd-(.*)$/.exec(name)?.[1] ?? [],
    );
    // Of the release candidate there is none: it is played by its release notes.
    expect(recorded.filter((version) => version !== '1.1.0-rc.16').toSorted()).toEqual(folders.toSorted());
  });
});

it.each([
  ['1.8.9', 'online-backup', false, true],
  ['1.9.0', 'online-backup', true, false],
  // Not for certain, and not ruled out.
  ['1.9.0-dev', 'online-backup', false, false],
  ['1.5.0', 'file-over-variables', false, true],
  ['1.8.6', 'file-over-variables', true, false],
  ['1.9.0', 'file-over-variables', false, true],
  ['1.0.0', 'acknowledgement', true, false],
  ['1.2.0', 'acknowledgement', false, true],
  ['Kanidm', 'rustls', false, false],
] as const)('%s and %s', (version, ability, has, not) => {
  expect([supports(version, ability), lacks(version, ability)]).toEqual([has, not]);
});

it('knows when something began and ended', () => {
  expect(spanOf('acknowledgement')).toEqual({ since: null, until: '1.2.0' });
  expect(spanOf('rustls')).toEqual({ since: '1.7.0', until: null });
});

it('no other file of the product has a version of Kanidm in its code', () => {
  const files = ['shared', 'electron', 'renderer']
    .flatMap((folder) =>
      readdirSync(root + folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
    )
    .filter(
      (file) =>
        /\.(ts|svelte)$/.test(file) &&
        !/\.test\.ts$|^shared\/versions\/|^renderer\/dev\/|\/fake\//.test(file),
    );
  expect(files.length).toBeGreaterThan(400);
  const withVersion = files.filter((file) => {
    const code = readFileSync(root + file, 'utf8').replaceAll(/\/\*[^]*?\*\/|(?<![:'"`\w])\/\/.*$/gm, '');
    return /(?<![\d.])1\.\d{1,2}\.\d{1,2}(?![\d.])/.test(code);
  });
  expect(withVersion).toEqual([]);
});
