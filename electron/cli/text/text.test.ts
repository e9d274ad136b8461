import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { escapeControls } from '../../../shared/base/escape-controls';
import { coloured, forTerminal, paintFor, plain } from './paint';
import { diffText } from './plan';
import { hostKeyText } from './host-key';
import { countProblems, problemsText } from './problems';
import { indent, table, tableLines, withFixes } from './table';
import type { Problem } from '../../../shared/base/problem';

const ESC = '\u001B';

describe('text for a terminal', () => {
  it('aligns columns and leaves no space at line ends', () => {
    expect(
      table([
        ['a', 'bb', 'c'],
        ['aaa', 'b', ''],
        ['é…', '', 'x'],
      ]),
    ).toBe('a    bb  c\naaa  b\né…       x');
  });

  it('puts each fix below its own row, whatever line ends a row’s text has', () => {
    const heads = tableLines([
      ['a', 'broke\noff\n'],
      ['b', 'ended'],
    ]);
    expect(withFixes(heads, ['Look at a.', 'Look at b.'], plain)).toEqual([
      ...['a  broke off', '    Look at a.', 'b  ended', '    Look at b.'],
    ]);
  });

  it('measures cells before colouring them', () => {
    const painted = table(
      [
        ['a', 'b'],
        ['aa', 'b'],
      ],
      coloured.bad,
    );
    expect(painted.replaceAll(`${ESC}[31m`, '').replaceAll(`${ESC}[39m`, '')).toBe('a   b\naa  b');
  });

  it('indents all but empty lines', () => {
    expect(indent('a\n\nb', 2)).toBe('  a\n\n  b');
  });

  it('colours only a terminal whose owner did not forbid it', () => {
    expect(paintFor(true, {}, 'auto')).toBe(coloured);
    expect(paintFor(false, {}, 'auto')).toBe(plain);
    expect(paintFor(true, { NO_COLOR: '1' }, 'auto')).toBe(plain);
    expect(paintFor(true, { NO_COLOR: '' }, 'auto')).toBe(coloured);
    expect(paintFor(true, { TERM: 'dumb' }, 'auto')).toBe(plain);
    expect(paintFor(false, { NO_COLOR: '1', TERM: 'dumb' }, 'always')).toBe(coloured);
    expect(paintFor(true, {}, 'never')).toBe(plain);
  });

  it('takes control characters out of what servers print', () => {
    expect(escapeControls(`a${ESC}[2Jb`)).not.toContain(ESC);
    expect(escapeControls(`${ESC}]0;title\u0007\r`)).not.toMatch(/[\u0007\r\u001B]/);
    expect(escapeControls('tab\tand\nline, äöü €')).toBe('tab\tand\nline, äöü €');
  });

  it('keeps what a text forgot to escape from a terminal, and our own colours', () => {
    expect(forTerminal(`${coloured.bad('no')} ${ESC}[2K\u202Eevil${ESC}]0;t\u0007`)).toBe(
      `${ESC}[31mno${ESC}[39m \uFFFD[2K\uFFFDevil\uFFFD]0;t\uFFFD`,
    );
  });

  it('shows a diff of a file whose lines end in CR LF without the CR', () => {
    expect(diffText('-a\r\n+b\r\n', plain)).toBe('-a\n+b');
  });

  it('colours the lines of a diff', () => {
    expect(diffText('--- a\n+++ b\n@@ -1 +1 @@\n same\n-old\n+new\n', coloured)).toBe(
      [
        `${ESC}[1m--- a${ESC}[22m`,
        `${ESC}[1m+++ b${ESC}[22m`,
        `${ESC}[2m@@ -1 +1 @@${ESC}[22m`,
        ' same',
        `${ESC}[31m-old${ESC}[39m`,
        `${ESC}[32m+new${ESC}[39m`,
      ].join('\n'),
    );
  });
});

describe('problems', () => {
  const problem = (severity: Problem['severity'], more: Partial<Problem> = {}): Problem => ({
    severity,
    code: 'c',
    server: null,
    message: 'It is so.',
    fix: 'Do it.',
    where: {},
    ...more,
  });

  it('come the worst first, with place, evidence and what to do', () => {
    const text = problemsText(
      [
        problem('info'),
        problem('error', { where: { file: 'f.toml', line: 3, column: 7 }, evidence: 'proof\n' }),
      ],
      plain,
    );
    expect(text).toBe(
      'error    f.toml:3:7: It is so.\n         | proof\n         Do it.\ninfo     It is so.\n         Do it.',
    );
  });

  it('do not name a server or a field twice', () => {
    const of = (message: string, where: Problem['where']) =>
      problemsText([problem('info', { message, where, fix: '' })], plain);
    expect(of('idm-b was not checked.', { server: 'idm-b' })).toBe('info     idm-b was not checked.');
    expect(of('idm-bb was not checked.', { server: 'idm-b' })).toBe(
      'info     idm-b: idm-bb was not checked.',
    );
    expect(of('It is so.', { server: 'a.b(' })).toBe('info     a.b(: It is so.');
    expect(of('idm-b: no.', { server: 'idm-b', file: '/f', line: 2 })).toBe(
      'info     idm-b: /f:2: idm-b: no.',
    );
    expect(
      of('origin of idm-b is missing', { file: 'f.toml', line: 2, column: 1, field: 'server[1].origin' }),
    ).toBe('info     f.toml:2:1: origin of idm-b is missing');
  });

  it('stand under the one they follow from, and are not counted', () => {
    const stopped = problem('error', { code: 'server-stopped', server: 'idm-b', where: { server: 'idm-b' } });
    const waits = problem('info', { code: 'not-checked', server: 'idm-b', message: 'Its data.' });
    expect(problemsText([waits, stopped], plain)).toBe(
      'error    idm-b: It is so.\n         Do it.\n         Because of it:\n           Its data.',
    );
    expect(countProblems([waits, stopped])).toBe('1 error');
  });

  it('put commands one a line', () => {
    expect(problemsText([problem('info', { fix: 'Type:\n  stop\n  start' })], plain)).toBe(
      'info     It is so.\n         Type:\n           stop\n           start',
    );
  });

  it('do not name a link twice', () => {
    const text = problemsText(
      [problem('info', { message: 'The link a → b is new.', where: { link: 'a → b' } })],
      plain,
    );
    expect(text.match(/a → b/g)).toHaveLength(1);
  });

  it('are counted in words', () => {
    expect(countProblems([])).toBe('no problems');
    const some = (['error', 'error', 'warning', 'info'] as const).map((severity, index) =>
      problem(severity, { code: `code-${index}` }),
    );
    expect(countProblems(some)).toBe('2 errors, 1 warning, 1 note');
  });
});

describe('an unknown host key', () => {
  const question = {
    server: 'idm-a',
    host: '[idm-a.example.com]:2222',
    keyType: 'ecdsa-sha2-nistp256',
    fingerprint: 'SHA256:abc',
    line: '[idm-a.example.com]:2222 ecdsa-sha2-nistp256 AAAAE2VjZHNh+/==',
    knownHostsFile: "/home/o'neil/my hosts",
  };

  it('comes with its fingerprint', () => {
    expect(hostKeyText(question)).toContain('ecdsa-sha2-nistp256 SHA256:abc');
  });

  it('comes with a command by which a shell appends the very key that was seen', async () => {
    const folder = await mkdtemp(join(tmpdir(), "o'neil's hosts "));
    const file = join(folder, 'known hosts');
    await writeFile(file, 'other ssh-ed25519 AAAA');
    const command =
      hostKeyText({ ...question, knownHostsFile: file })
        .split('\n')
        .at(-1) ?? '';
    await promisify(execFile)('sh', ['-c', command]);
    const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
    expect(lines).toEqual(['other ssh-ed25519 AAAA', question.line]);
    await rm(folder, { recursive: true });
  });
});
