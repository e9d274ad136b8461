import { fileCodes } from '../../shared/server-config/config-problems';
import { chapters } from '../../shared/fleet/rules/registry';
import type { RuleWords, Words } from '../../shared/fleet/rules/words';

const intro = `# The rules

<!-- Written by \`npm run docs:rules\` from the words in \`shared/fleet/rules/\`: change them there. -->

Before anything is written Kanilink checks the fleet file, the links as drawn, and the servers as they are. Every finding has a code,
a severity, a message, a fix, and names the servers and links it concerns. This page says of every code what it means, why it exists
and what to do. \`kanilink check FLEET\` prints them; the window lists them under Problems; \`--json\` has them in \`problems\`.

- **error**: about one server, it holds back the steps that touch or need that server; about the fleet, it blocks the whole plan.
  What the next deploy itself puts right is never an error.
- **warning**: a deploy may go on; something is wrong or will be.
- **info**: to know. A rule that lacks its facts is never passed in silence: it says [\`not-checked\`](#not-checked).

"From" says where a rule comes from: measured on real servers, read in Kanidm's source or book, reported by operators, or Kanilink's
own design.
`;

const outro = `## A server's own server.toml

What that server's kanidmd would refuse at its next start, with line and column. What the next deploy puts right is a warning. A file is
judged by the version on that server's disk; all are measured on, or read in, that version of Kanidm. Codes of this kind:

${fileCodes.map((code) => `- \`${code}\``).join('\n')}

## What no rule can see

How long a server was away: Kanidm does not tell. After more than 7 days its log says that it must be refreshed, and the pull shows *needs a
refresh*. And a database that was put back to its own older copy: only **Compare data** finds that.
`;

/** The page `docs/rules.md`, as Markdown: every code by chapter, between an introduction and what no rule can see. */
export function rulesPage(): string {
  const parts = chapters.map(({ title, families }) => {
    const words: Words = Object.assign({}, ...families.map((family) => family.words));
    return `## ${title}\n\n${Object.entries(words).map(section).join('\n')}`;
  });
  return [intro, ...parts, outro].join('\n');
}

function section([code, { severity, what, why, fix, from, source }]: readonly [string, RuleWords]): string {
  const known = source === undefined ? `${from}.` : `${from} (${source}).`;
  return [
    `### \`${code}\`\n`,
    `*${severity}.* **What:** ${what}`,
    ...(why === undefined ? [] : [`**Why:** ${why}`]),
    `**Fix:** ${fix}`,
    `**From:** ${known}\n`,
  ].join('\n');
}
