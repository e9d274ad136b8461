import type * as fs from 'node:fs';
import { renameSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FileOnDisk } from '../../../shared/ipc';
import { until } from '../../../test/e2e/support/until';
import { systemClock } from '../base/time';
import { POLL_MS, watchFile } from './watch-file';
import { inOwnFolder } from '../../../test/support/own-folder';

const unwatchable = vi.hoisted(() => ({ now: false }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  return {
    ...real,
    watch: (...all: Parameters<typeof fs.watch>) => {
      if (unwatchable.now) throw new Error('no watches left');
      return real.watch(...all);
    },
  };
});

let folder: string;
let file: string;
let end: AbortController;
inOwnFolder('watch', (made) => {
  folder = made;
  file = join(folder, 'fleet.toml');
  end = new AbortController();
  unwatchable.now = false;
});
afterEach(() => {
  end.abort();
});

/** Watches, and tells what was seen so far. */
function watched(path = file): () => FileOnDisk | undefined {
  const seen: FileOnDisk[] = [];
  void (async () => {
    for await (const one of watchFile(path, systemClock, end.signal)) seen.push(one);
  })();
  return () => seen.at(-1);
}

const LIMIT_MS = 3 * POLL_MS;
const untilSeen = (now: () => FileOnDisk | undefined, text: string | null): Promise<unknown> =>
  until(
    `the watcher has seen ${String(text)}`,
    () => {
      const one = now();
      return text === null ? one?.kind === 'gone' : one?.kind === 'text' && one.text === text;
    },
    LIMIT_MS,
  );

const ways: readonly (readonly [string, () => void])[] = [
  ['written', () => writeFileSync(file, 'two')],
  [
    'replaced by a rename, as editors and git do',
    () => {
      writeFileSync(join(folder, '.new'), 'two');
      renameSync(join(folder, '.new'), file);
    },
  ],
  [
    'removed and written again',
    () => {
      rmSync(file);
      writeFileSync(file, 'two');
    },
  ],
  [
    'written with the size and the time it had',
    () => {
      writeFileSync(file, 'two');
      utimesSync(file, 1000, 1000);
    },
  ],
];

describe.each([
  ['the system tells of changes', false],
  ['the system tells nothing', true],
])('where %s, a file', (_, silent) => {
  it.each(ways)('that is %s is seen', async (_what, change) => {
    unwatchable.now = silent;
    writeFileSync(file, 'one');
    utimesSync(file, 1000, 1000);
    const now = watched();
    await untilSeen(now, 'one');
    change();
    await untilSeen(now, 'two');
  });

  it('that is removed is seen, and put back too', async () => {
    unwatchable.now = silent;
    writeFileSync(file, 'one');
    const now = watched();
    await untilSeen(now, 'one');
    rmSync(file);
    await untilSeen(now, null);
    writeFileSync(file, 'three');
    await untilSeen(now, 'three');
  });
});

it('a file behind a link is seen to change, and so is where the link leads', async () => {
  const real = join(folder, 'repo.toml');
  writeFileSync(real, 'one');
  symlinkSync(real, file);
  const now = watched();
  await untilSeen(now, 'one');
  writeFileSync(real, 'two');
  await untilSeen(now, 'two');
  rmSync(file);
  writeFileSync(join(folder, 'other.toml'), 'three');
  symlinkSync('other.toml', file);
  await untilSeen(now, 'three');
});

it('what is half written is not told: it has to stay as it is for a moment', async () => {
  writeFileSync(file, 'one');
  const seen: FileOnDisk[] = [];
  void (async () => {
    for await (const one of watchFile(file, systemClock, end.signal)) seen.push(one);
  })();
  await until('it is seen', () => seen.length === 1, LIMIT_MS);
  truncateSync(file, 0);
  await systemClock.sleep(50, end.signal);
  writeFileSync(file, 'two');
  await until('the whole is seen', () => seen.length > 1, LIMIT_MS);
  expect(seen).toEqual([
    { kind: 'text', text: 'one' },
    { kind: 'text', text: 'two' },
  ]);
});

it('a file that cannot be read says why, in a folder that is not there too', async () => {
  writeFileSync(file, Buffer.from([0xff, 0xfe, 0x00]));
  const now = watched();
  await until('it is seen', () => now()?.kind === 'unreadable', LIMIT_MS);
  expect(now()).toMatchObject({ why: 'it is not UTF-8 text' });
  const nowhere = watched(join(folder, 'none', 'fleet.toml'));
  await until('it is seen', () => nowhere()?.kind === 'gone', LIMIT_MS);
});
