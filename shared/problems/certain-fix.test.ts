import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../base/problem';
import { readFleet } from '../fleet/read/read-fleet';
import { chapters } from '../fleet/rules/registry';
import type { RuleWords } from '../fleet/rules/words';
import { fixOf } from './certain-fix';

const server = (id: string, more = ''): string =>
  `[[server]]\nid = "${id}"\nconnect = "ssh"\nendpoint = "ssh://${id}.example.com"\norigin = "repl://${id}.example.com:8444"\n${more}\n`;
const link = (supplier: string, consumer: string, more = ''): string =>
  `# why ${supplier} and ${consumer}\n[[link]]\nsupplier = "${supplier}"\nconsumer = "${consumer}"\n${more}\n`;
const head = 'version = 1\nname = "Home"\n\n';
const servers = server('a') + server('b') + server('c');
const whole = head + servers + link('a', 'b');

/** By code, files with that fault for which one edit is right, and files for which none is. */
const cases: Readonly<
  Record<string, { readonly certain: readonly string[]; readonly choice: readonly string[] }>
> = {
  'fleet-link-to-itself': { certain: [whole + link('c', 'c')], choice: [] },
  'fleet-link-unknown-server': { certain: [whole + link('a', 'x'), whole + link('x', 'c')], choice: [] },
  'fleet-duplicate-link': {
    certain: [whole + link('a', 'b'), whole + link('a', 'b', 'mutual = false')],
    choice: [whole + link('b', 'a')],
  },
  'fleet-unknown-key': {
    certain: [
      `version = 1\nnaem = "Home"\n${servers}`.replace('naem', 'name') + link('a', 'b', 'mutul = false'),
      head + server('a', 'weather = "fine"'),
      head + server('a', 'bindadress = "0.0.0.0:8444"'),
      `${head}colour = "red"\n${servers}`.replace('\n\ncolour', '\ncolour'),
    ],
    choice: [
      head + server('a', 'container = "x"'),
      head + server('a', 'bindaddress = "0.0.0.0:8444"\nbindadress = "0.0.0.0:8445"'),
      head + server('a', 'bindadress = "nowhere"'),
    ],
  },
  'fleet-missing-field': {
    certain: [`name = "Home"\n${servers}`, `# mine\n\nname = "Home"\r\n${servers}`, `\uFEFFname = "Home"\n`],
    choice: [`version = 1\n${servers}`, `${head}[[server]]\nid = "a"\n`],
  },
  'fleet-bad-field': {
    certain: [`version = "1"\nname = "Home"\n${servers}`],
    choice: [`version = 2\nname = "Home"\n`, head + server('a', 'bindaddress = "x"')],
  },
  'fleet-refresh-from-no-supplier': {
    certain: [
      head + server('a', 'refresh_from = "b"') + server('b'),
      head + server('a') + server('b') + server('c', 'refresh_from = "b"') + link('a', 'c'),
    ],
    choice: [
      head + servers + server('d', 'refresh_from = "c"') + link('a', 'd') + link('a', 'b') + link('b', 'd'),
    ],
  },
  'fleet-automatic-refresh-several-suppliers': {
    certain: [head + servers + link('a', 'b') + link('a', 'c', 'automatic_refresh = true') + link('b', 'c')],
    choice: [],
  },
  'fleet-removed-still-there': {
    certain: [`${whole}[[removed]]\norigin = "repl://a.example.com:8444"\n`],
    choice: [],
  },
};

const certain = chapters.flatMap(({ families }) =>
  families.flatMap(({ words }) =>
    Object.entries<RuleWords>(words).flatMap(([code, { certainFix }]) =>
      certainFix === undefined ? [] : [code],
    ),
  ),
);
const problemsOf = (text: string): readonly Problem[] => readFleet(text, null).problems;
const only = (text: string, code: string): Problem => {
  const found = problemsOf(text).find((it) => it.code === code);
  if (found === undefined) throw new Error(`no ${code} in ${text}`);
  return found;
};

it('every rule with a certain fix is tried here', () => {
  expect(Object.keys(cases).sort()).toEqual([...certain].sort());
});

describe.each(Object.entries(cases))('%s', (code, { certain, choice }) => {
  it.each(certain)('is cured by its fix, and nothing else comes or goes (%#)', (text) => {
    const before = problemsOf(text);
    const fix = fixOf(text, only(text, code));
    expect(fix).not.toBeNull();
    const after = problemsOf(fix?.text ?? '');
    expect(after.map((it) => it.code)).toEqual(expect.not.arrayContaining([code]));
    expect(after.length).toBeLessThan(before.length);
    expect(after.filter((it) => before.every((old) => old.code !== it.code))).toEqual([]);
  });
  it.each(choice)('is left to the person where it is a choice (%#)', (text) => {
    expect(fixOf(text, only(text, code))).toBeNull();
  });
});

it('keeps every other byte: comments, order, line ends', () => {
  const text = `${whole}${link('c', 'c')}# the end\n`.replaceAll('\n', '\r\n');
  const fixed = fixOf(text, only(text, 'fleet-link-to-itself'))?.text ?? '';
  expect(fixed.replaceAll('\r\n', '')).not.toContain('\n');
  expect(fixed.startsWith(whole.replaceAll('\n', '\r\n').trimEnd())).toBe(true);
});

/** Pieces of fleet files in any order and number: whatever is wrong with them, a fix only makes it better. */
const id = fc.constantFrom('a', 'b', 'c', 'x');
const key = fc.constantFrom(
  'mutual = true',
  'mutul = false',
  'automatic_refresh = true',
  'weather = 1',
  'supplier_origin = "x"',
  '',
);
const anyLink = fc.tuple(id, id, key).map(([a, b, more]) => link(a, b, more));
const anyServer = fc
  .tuple(
    id,
    fc.constantFrom(
      'refresh_from = "a"',
      'bindadress = "0.0.0.0:1"',
      'container = "y"',
      'position = { x = 1, y = 2, z = 3 }',
      '',
    ),
  )
  .map(([it, more]) => server(it, more));
const anyTop = fc.constantFrom(
  head,
  'name = "Home"\n',
  'version = "1"\nname = "N"\n',
  'version = 1\nname = "N"\ncolour = 1\n',
  '# nothing\n',
);
const anyRemoved = id.map((it) => `[[removed]]\norigin = "repl://${it}.example.com:8444"\n`);
const anyFleet = fc
  .tuple(anyTop, fc.array(fc.oneof(anyServer, anyLink, anyRemoved), { maxLength: 8 }))
  .map(([top, tables]) => top + tables.join(''));

it('of any file: each fix offered cures its problem, and following them all ends', () => {
  fc.assert(
    fc.property(anyFleet, (start) => {
      let text = start;
      for (let left = 40; ; left -= 1) {
        expect(left).toBeGreaterThan(0);
        const before = problemsOf(text);
        const fixes = before.flatMap((problem) => {
          const fix = fixOf(text, problem);
          return fix === null ? [] : [{ problem, fix }];
        });
        const [one] = fixes;
        if (one === undefined) return;
        const count = (problems: readonly Problem[]) =>
          problems.filter((it) => it.code === one.problem.code).length;
        expect(count(problemsOf(one.fix.text))).toBeLessThan(count(before));
        text = one.fix.text;
      }
    }),
    { numRuns: 300 },
  );
});
