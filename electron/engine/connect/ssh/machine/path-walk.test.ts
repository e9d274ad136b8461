import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ok, type Result } from '../../../../../shared/base/result';
import type { Output } from '../../connection';
import { walk } from './path-walk';

// The programs are the real ones: GNU's on Linux.
const run = async (argv: readonly string[]): Promise<Result<Output>> => {
  const [program = '', ...args] = argv;
  try {
    const stdout = execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return ok({ exitCode: 0, stdout, stderr: '', cut: false });
  } catch (error) {
    const failed = error as { readonly status: number; readonly stdout: string };
    return ok({ exitCode: failed.status, stdout: failed.stdout, stderr: '', cut: false });
  }
};
const signal = new AbortController().signal;
let root: string;
const at = (...names: string[]) => join(root, ...names);
const way = async (path: string) => {
  const walked = await walk(run, path, signal);
  if (!walked.ok || walked.value === null) return null;
  const { passed, physical, exists } = walked.value;
  const below = passed.filter((it) => it.path.startsWith(`${root}/`));
  return { passed: below.map((it) => `${it.kind} ${it.path.slice(root.length + 1)}`), physical, exists };
};

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'kanilink-walk-')));
  mkdirSync(at('a/b/c'), { recursive: true });
  mkdirSync(at('d'));
  writeFileSync(at('a/b/file'), 'x');
  symlinkSync('b', at('a/relative'));
  symlinkSync(at('a'), at('absolute'));
  symlinkSync('a/relative/c', at('d/../twice'));
  symlinkSync('../a/relative/../b', at('d/up'));
  symlinkSync('loop', at('loop'));
  symlinkSync('nowhere/x', at('dangling'));
  mkdirSync(at("it's $(id)\n*"));
});
afterAll(() => rmSync(root, { recursive: true }));

it.runIf(process.platform === 'linux')(
  'passes every name and every symlink on the way to a path',
  async () => {
    expect(await way(at('a/b/file'))).toEqual({
      passed: ['folder a', 'folder a/b', 'file a/b/file'],
      physical: at('a/b/file'),
      exists: true,
    });
    expect(await way(at('absolute/relative/c'))).toMatchObject({
      passed: ['link absolute', 'folder a', 'link a/relative', 'folder a/b', 'folder a/b/c'],
      physical: at('a/b/c'),
    });
    expect(await way(at('twice'))).toMatchObject({
      passed: ['link twice', 'folder a', 'link a/relative', 'folder a/b', 'folder a/b/c'],
      physical: at('a/b/c'),
    });
    // What `..` leads to is known when the symlink before it was followed.
    expect(await way(at('d/up/c'))).toMatchObject({ physical: at('a/b/c'), exists: true });
    expect(await way(at("it's $(id)\n*"))).toMatchObject({ exists: true });
    expect(await way('/')).toMatchObject({ physical: '/', exists: true });
  },
);

it.runIf(process.platform === 'linux')('says where it ends, and that it has no end', async () => {
  expect(await way(at('a/none/x'))).toMatchObject({
    passed: ['folder a'],
    physical: at('a/none/x'),
    exists: false,
  });
  expect(await way(at('dangling'))).toMatchObject({ physical: at('nowhere/x'), exists: false });
  expect(await way(at('loop/x'))).toBeNull();
  expect(await way(at('a/b/file/x'))).toMatchObject({ exists: false });
});

it('asks of a folder that root’s group may write whether a list lets others', async () => {
  const asked: string[] = [];
  const listing = (mark: string) => async (argv: readonly string[]) => {
    asked.push(argv.join(' '));
    const stdout = argv[0] === 'stat' ? '41ed:0:0\n41fd:0:0\n' : `drwxrwxr-x${mark} 2 root root 4096 x\n`;
    return ok({ exitCode: 0, stdout, stderr: '', cut: false });
  };
  for (const [mark, listed] of [
    ['+', true],
    ['.', false],
    ['', false],
  ] as const) {
    const walked = await walk(listing(mark), '/etc', signal);
    expect(walked.ok && walked.value?.passed.map((it) => it.listed)).toEqual([undefined, listed]);
  }
  expect(asked.filter((it) => it.startsWith('ls'))).toEqual(Array(3).fill('ls -ld -- /etc'));
});
