import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { describe, expect, it } from 'vitest';
import { until } from '../../test/e2e/support/until';
import { draftAnswers } from './draft-answers';
import { ChosenPaths } from './chosen-paths';
import { Drafts } from './drafts';
import { inOwnFolder } from '../../test/support/own-folder';

let parent: string;
let folder: string;
const said: string[] = [];
inOwnFolder('drafts', (made) => {
  parent = made;
  folder = join(parent, 'profile', 'drafts');
  said.length = 0;
});

const open = (): Drafts => new Drafts(folder, (line) => said.push(line));
const kept = (id: string, text: string, path: string | null = '/home/ada/lab.toml') => ({
  ...{ id, path, base: 'version = 1\n', text, form: null },
});
const fileOf = (id: string): string => join(folder, `${id}.json`);

describe('a draft', () => {
  it('is on the disk once it is kept, is found by the next start, and is gone once it is dropped', async () => {
    const [a, b] = [randomUUID(), randomUUID()];
    const first = open();
    expect(await first.keep(kept(a, 'one'))).toMatchObject({ ok: true });
    expect(await first.keep(kept(a, 'two'))).toMatchObject({ ok: true });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await first.keep(kept(b, 'three', null))).toMatchObject({ ok: true });
    const next = open();
    expect((await next.list()).map(({ id, path }) => [id, path])).toEqual([
      [b, null],
      [a, '/home/ada/lab.toml'],
    ]);
    expect(await next.read(a)).toMatchObject({
      path: '/home/ada/lab.toml',
      base: 'version = 1\n',
      text: 'two',
    });
    await next.drop(a);
    expect((await next.list()).map(({ id }) => id)).toEqual([b]);
    expect(await next.read(a)).toBeNull();
  });

  it.runIf(process.platform !== 'win32')(
    'is this user’s alone, also where the folder was there before',
    async () => {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      const id = randomUUID();
      await open().keep(kept(id, 'mine'));
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      expect(statSync(fileOf(id)).mode & 0o777).toBe(0o600);
      expect(readdirSync(folder)).toEqual([`${id}.json`]);
    },
  );

  it('that was dropped while it was being kept does not come back', async () => {
    const drafts = open();
    const id = randomUUID();
    void drafts.keep(kept(id, 'one'));
    void drafts.keep(kept(id, 'two'));
    void drafts.drop(id);
    await drafts.settled();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('of what was saved after all is no draft', async () => {
    const path = join(parent, 'lab.toml');
    writeFileSync(path, 'saved');
    const drafts = open();
    await drafts.keep(kept(randomUUID(), 'saved', path));
    const other = randomUUID();
    await drafts.keep(kept(other, 'not saved', path));
    await new Promise((resolve) => setTimeout(resolve, 5));
    // What stands in a form is in no file, whatever is saved beside it.
    const typed = { ...kept(randomUUID(), 'saved', path), form: { kind: 'name', name: 'Home' } } as const;
    await drafts.keep(typed);
    expect((await drafts.list()).map(({ id }) => id)).toEqual([typed.id, other]);
    expect(readdirSync(folder).sort()).toEqual([`${typed.id}.json`, `${other}.json`].sort());
  });

  it('that is damaged, cut short, another’s or something else hurts nobody', async () => {
    const ids = Array.from({ length: 7 }, () => randomUUID());
    const drafts = open();
    for (const id of ids) await drafts.keep(kept(id, 'text'));
    const [cut = '', noise = '', other = '', link = '', group = '', inside = '', good = ''] = ids;
    truncateSync(fileOf(cut), 40);
    writeFileSync(fileOf(noise), Buffer.from([0, 255, 1, 254]));
    writeFileSync(fileOf(other), JSON.stringify({ format: 2 }));
    rmSync(fileOf(link));
    writeFileSync(join(parent, 'elsewhere.json'), readFileSync(fileOf(good)));
    symlinkSync(join(parent, 'elsewhere.json'), fileOf(link));
    chmodSync(fileOf(group), 0o666);
    rmSync(fileOf(inside));
    mkdirSync(fileOf(inside));
    writeFileSync(join(folder, 'notes.txt'), 'not ours');
    const next = open();
    expect((await next.list()).map(({ id }) => id)).toEqual([good]);
    for (const id of ids.slice(0, 6)) expect(await next.read(id)).toBeNull();
    expect(said.join()).toContain('left out');
    expect(await next.keep(kept(cut, 'again'))).toMatchObject({ ok: true });
    expect(await next.read(cut)).toMatchObject({ text: 'again' });
  });

  it('renamed to another’s name is not taken for it', async () => {
    const [a, b] = [randomUUID(), randomUUID()];
    await open().keep(kept(a, 'text'));
    writeFileSync(fileOf(b), readFileSync(fileOf(a)), { mode: 0o600 });
    expect(await open().read(b)).toBeNull();
  });

  it('is one of fifty at most: the oldest go, never the newest', async () => {
    const drafts = open();
    const ids = Array.from({ length: 55 }, () => randomUUID());
    for (const id of ids) await drafts.keep(kept(id, 'text'));
    const left = (await drafts.list()).map(({ id }) => id);
    expect(left).toHaveLength(50);
    expect(left).toContain(ids.at(-1));
  });

  it('that cannot be kept says why, and the app starts all the same', async () => {
    mkdirSync(join(parent, 'profile'), { recursive: true });
    writeFileSync(folder, 'a file in the way');
    const drafts = open();
    expect(drafts.trouble).toContain('Unsaved changes are not kept');
    expect(await drafts.keep(kept(randomUUID(), 'text'))).toMatchObject({
      ok: false,
      error: { code: 'draft-not-kept' },
    });
    expect(await drafts.list()).toEqual([]);
  });

  it('is whole, old or new, when the process is killed at any moment', async () => {
    const program = join(parent, 'drafts.cjs');
    const bundle = await rolldown({ input: join(import.meta.dirname, 'drafts.ts'), platform: 'node' });
    await bundle.write({ file: program, format: 'cjs', codeSplitting: false });
    await bundle.close();
    const id = randomUUID();
    // Tells the number of each text that is kept, so that what must be there is known.
    const work = `const { Drafts } = require(process.argv[1]);
      const drafts = new Drafts(process.argv[2], () => undefined);
      (async () => { for (let n = 0; ; n += 1) {
        await drafts.keep({ id: process.argv[3], path: null, base: null, text: n + ' '.repeat(200_000) });
        process.stdout.write(n + '\\n');
      } })();`;
    for (let round = 0; round < 5; round += 1) {
      const child = spawn(process.execPath, ['-e', work, program, folder, id]);
      let told = '';
      child.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()));
      await until('it has kept some', () => told.split('\n').length > 3 + round, 20_000);
      child.kill('SIGKILL');
      await once(child, 'close');
      const last = Number(told.trimEnd().split('\n').at(-1));
      const draft = await open().read(id);
      expect(Number(draft?.text.trim())).toBeGreaterThanOrEqual(last);
      expect(draft?.text).toHaveLength(200_000 + draft!.text.trim().length);
    }
    await open().list();
    expect(readdirSync(folder)).toEqual([`${id}.json`]);
  }, 60_000);
});

describe('the page', () => {
  it('keeps drafts of files a person chose, and of no other', async () => {
    const paths = new ChosenPaths();
    const context = { drafts: open(), paths };
    const question = kept(randomUUID(), 'text', '/etc/passwd.toml');
    expect(await draftAnswers['draft.keep'].answer(question, context)).toMatchObject({
      error: { code: 'file-not-chosen' },
    });
    paths.add('/etc/passwd.toml');
    expect(await draftAnswers['draft.keep'].answer(question, context)).toMatchObject({ ok: true });
    for (const id of ['../settings', '', '..'])
      expect(await draftAnswers['draft.read'].answer({ id }, context)).toMatchObject({ ok: false });
  });

  it('may open the file a draft belongs to once it has read the draft', async () => {
    const id = randomUUID();
    await open().keep(kept(id, 'text'));
    const paths = new ChosenPaths();
    await draftAnswers['draft.read'].answer({ id }, { drafts: open(), paths });
    expect(paths.has('/home/ada/lab.toml')).toBe(true);
  });
});
