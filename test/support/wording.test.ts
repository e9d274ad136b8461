import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** What text for users does not say, and what it says instead (CONTRIBUTING.md, "Words"). */
const odd: readonly (readonly [RegExp, string])[] = [
  [/\bmend(s|ed|ing)?\b/i, 'fix'],
  [/\banew\b/i, 'again'],
  [/\breplac(e|es|ed|ing)\b[^.;]{0,60}\bby (its|their|an?|the|idm-|\$\{)/i, 'replace … with'],
  [/\bnobody['’]s (consumer|supplier)\b/i, 'has no supplier'],
  [/\b(himself|herself)\b/i, 'itself'],
  [/\b(tries|try) again by itself\b/i, 'tries again'],
  [/\bput right\b/i, 'repair'],
  [/\b(have|has) been seen to\b/i, 'verified'],
  [/\d to know\b/, 'notes'],
  [/\bno way to the host\b/i, 'host unreachable'],
  [/\blets? nobody in\b/i, 'refuses all partners'],
  [/\bTurn (its|the) link round\b/i, 'reverse'],
  [/\b(See|sees) that nobody\b/i, 'make sure nobody'],
  [/\btwo goes\b/i, 'twice'],
  [/\bby hand meanwhile\b/i, 'during a deploy'],
];

/** Sentences in a source: literals with a space in them, without comments. Of a component: what stands in it, too. */
function sentences(path: string, text: string): readonly string[] {
  if (path.endsWith('.md')) return text.replace(/```[\s\S]*?```/g, '').split(/\n(?=\n|[-|#])/);
  const code = text
    .replace(/\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->|<style>[\s\S]*?<\/style>/g, '')
    .replace(/(^|\s)\/\/.*$/gm, '');
  const markup = path.endsWith('.svelte') ? code.replace(/<script[\s\S]*?<\/script>/g, '') : '';
  const literals = code.match(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g) ?? [];
  return [...literals.filter((it) => it.includes(' ')), ...(markup.match(/>[^<>{}]*\s[^<>{}]*</g) ?? [])];
}

function sources(): readonly string[] {
  const within = (folder: string, end: RegExp): readonly string[] =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => end.test(path) && !/\.test\.ts$|(^|\/)decisions\//.test(path))
      .map((path) => join(folder, path));
  const code = ['shared', 'electron', 'renderer'].flatMap((folder) => within(folder, /\.(ts|svelte)$/));
  return [...code, ...within('docs', /\.md$/), 'README.md', 'CHANGELOG.md'];
}

it('text for users is in the words of this project', () => {
  const found = sources().flatMap((path) =>
    sentences(path, readFileSync(join(root, path), 'utf8')).flatMap((sentence) =>
      odd.flatMap(([words, better]) => {
        const said = words.exec(sentence)?.[0];
        return said === undefined ? [] : [`${path}: “${said}” is: ${better}`];
      }),
    ),
  );
  expect(found).toEqual([]);
});

/** What happened and what to do, put one after the other without a look at how the first ends. */
const GLUED = /\.(message|cause)\b[^;\n`'"<>]{0,40}\}\s*\.?\s*\$?\{[\w.?]*\.fix\b/;

it('what to do follows what happened by the one function that ends the sentence', () => {
  const found = sources().filter((path) => GLUED.test(readFileSync(join(root, path), 'utf8')));
  expect(found).toEqual([]);
  for (const glued of [
    '`${a.message} ${a.fix}`',
    '{a?.message}\n {a?.fix}',
    '{sentence(a.message, b)}. {a.fix}',
  ])
    expect(GLUED.test(glued), glued).toBe(true);
});

/** Text that a shell reads, and what stands in the files it is made of. */
const forShells = /plan\/commands\/|docker\/shell|runbook\/|plan\/steps\/|ssh\/helper\/|unit\/config-path/;
const straight = /[a-z}]'(s|t|re|ve|ll)\b/i;

/** Sentences with an apostrophe of a typewriter. */
const straightIn = (path: string, text: string): readonly string[] =>
  sentences(path, text).filter((sentence) => straight.test(sentence.slice(1, -1)));

it('text for users has typographic apostrophes', () => {
  const code = sources().filter((path) => !path.endsWith('.md') && !forShells.test(path));
  expect(
    code.flatMap((path) =>
      straightIn(path, readFileSync(join(root, path), 'utf8')).map((it) => `${path}: ${it}`),
    ),
  ).toEqual([]);
  expect(straightIn('a.ts', 'const a = "Read idm-a\'s log.";')).toHaveLength(1);
  expect(straightIn('a.ts', 'const a = "Read idm-a’s log.";')).toHaveLength(0);
});

it('no field shows times as the language of the system does', () => {
  const own = sources().filter((path) =>
    /type="(datetime-local|time)"/.test(readFileSync(join(root, path), 'utf8')),
  );
  expect(own).toEqual([]);
});

it('and the test would find them', () => {
  const seen = (path: string, text: string): boolean =>
    sentences(path, text).some((sentence) => odd.some(([words]) => words.test(sentence)));
  expect(seen('a.ts', `const a = 'Mend the clock.';`)).toBe(true);
  expect(seen('a.ts', '// Mend the clock.\nconst a = 1;')).toBe(false);
  expect(seen('a.ts', 'const a = `Its data is replaced by ${source}’s.`;')).toBe(true);
  expect(seen('a.svelte', `<p>Replace its database by another one, by its source’s.</p>`)).toBe(true);
  expect(seen(['a', 'md'].join('.'), 'See that nobody deploys.')).toBe(true);
});
