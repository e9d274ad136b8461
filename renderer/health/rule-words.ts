import page from '../../docs/rules.md?raw';

/** What docs/rules.md says of a code, in plain text. */
export interface RuleWords {
  readonly what: string;
  readonly why: string | null;
  readonly from: string;
}

/** What a problem's code means and why the rule exists; null for a code the page does not explain. */
export const ruleWords = (code: string): RuleWords | null => all.get(code) ?? null;

const all: ReadonlyMap<string, RuleWords> = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .flatMap((section): [string, RuleWords][] => {
      const code = /^`([a-z-]+)`/.exec(section)?.[1];
      // A section ends where the next chapter begins.
      const text = plain(section.split(/^## /m)[0] ?? '');
      const what = part(text, 'What');
      const from = part(text, 'From');
      return code === undefined || what === null || from === null
        ? []
        : [[code, { what, why: part(text, 'Why'), from }]];
    }),
);

function part(text: string, name: string): string | null {
  return (
    new RegExp(`\\*\\*${name}:\\*\\* (.*?)(?= \\*\\*[A-Z][a-z]+:\\*\\*|$)`).exec(text)?.[1]?.trim() ?? null
  );
}

/** One line, without marks of Markdown but for the bold ones that name the parts. */
function plain(markdown: string): string {
  return markdown
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
    .trim();
}
