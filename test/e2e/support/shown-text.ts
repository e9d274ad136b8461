import type { Page } from 'playwright';
import { wordsOfRule } from '../../../shared/fleet/rules/registry';

/** What no text of the window holds, by what is wrong with it. */
const wrong: readonly (readonly [what: string, RegExp])[] = [
  ['a 12-hour time', /\b\d{1,2}(:\d\d)* ?[ap]\.?m\b/i],
  ['an address with a capital letter', /\b(?=[a-z]*[A-Z]|[A-Z])[A-Za-z]{2,}:\/\//],
  // A name is written as it is, whatever stands around it in capitals.
  ['a server’s name in capitals', /\bIDM-/],
  ['two spaces', /\S {2,}\S/],
  ['a space before a full stop or comma', /\w ([.,;!?])(?=\s|$)/],
  ['two ends of a sentence', /[.,;:!?]\s?[.,;](?!\.)(?=\s|$)/],
  ['two sentences without a space', /\b[a-z]{2,}[.!?][A-Z][a-z]+\s/],
  [
    'a sentence that begins with a small letter',
    /[a-z)]{3}[.!?] (?!idm-|kanidmd?\b|server\.toml|known_hosts)[a-z]+ /,
  ],
];

/** A rule's code is a name for programs; a person reads its words. */
const namesARule = (line: string): boolean =>
  (line.match(/[a-z]+(?:-[a-z]+)+/g) ?? []).some((word) => wordsOfRule(word) !== null);

/** What is wrong with lines of text that people read. */
export const oddLines = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => [
    ...wrong.filter(([, how]) => how.test(line)).map(([what]) => `${what}: “${line}”`),
    ...(namesARule(line) ? [`the code of a rule: “${line}”`] : []),
  ]);

/** Kanidm's, a file's or a person's own words, which stand as they are. */
const QUOTED = 'pre, textarea, input, code, .mono, .diff, [data-item], [data-logged]';

/** What is wrong with the words that the page shows, and with those that it shows on hover or reads aloud. */
export async function wordMistakes(page: Page): Promise<readonly string[]> {
  const lines = await page.evaluate((quoted) => {
    const linesOf = (text: string): readonly string[] => text.split('\n').map((line) => line.trim());
    const own = new Set(
      [...document.querySelectorAll<HTMLElement>(quoted)].flatMap((one) => linesOf(one.innerText)),
    );
    const told = [...document.querySelectorAll('[title], [aria-label], [placeholder]')]
      .filter((one) => one.closest(quoted) === null)
      .flatMap((one) => ['title', 'aria-label'].map((name) => one.getAttribute(name) ?? ''));
    const shown = linesOf(document.body.innerText).filter((line) => !own.has(line));
    return [...new Set([...shown, ...told.flatMap(linesOf)])].filter((line) => line !== '');
  }, QUOTED);
  return oddLines(lines);
}
