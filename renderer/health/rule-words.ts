import { wordsOfRule } from '../../shared/fleet/rules/registry';

/** What a problem's code means and why the rule exists, as docs/rules.md says it, in plain text. */
export interface PlainWords {
  readonly what: string;
  readonly why: string | null;
}

/** The words of a problem's code; null: it is not a rule's. */
export function ruleWords(code: string): PlainWords | null {
  const words = wordsOfRule(code);
  return words && { what: plain(words.what), why: words.why === undefined ? null : plain(words.why) };
}

/** Without the marks of Markdown. */
const plain = (markdown: string): string =>
  markdown.replaceAll(/\[([^\][]*)\]\([^()]*\)/g, '$1').replaceAll('`', '');
