import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { metricsAddress } from '../../engine/export/metrics-server';
import { readArguments } from '../base/arguments';
import { RUV_EVERY, ruvByItself } from '../../../shared/ruv/by-itself';
import { ruvTurnOf } from './watch';
import { watchCommand } from './watch-command';

const UNIT = 'docs/watching/kanilink-watch.service';
const CONTAINER = 'docs/watching/Containerfile';

/** What the guide gives `systemctl edit` where the program is elsewhere. */
const GUIDE = 'docs/guide.md';

/** The words after `kanilink`. */
const given: Readonly<Record<string, readonly string[]>> = {
  [UNIT]: /^ExecStart=\S+ (.*)$/m.exec(readFileSync(UNIT, 'utf8'))?.[1]?.split(' ') ?? [],
  [GUIDE]:
    /^ExecStart=\/usr\/local\/bin\/kanilink (.*)$/m.exec(readFileSync(GUIDE, 'utf8'))?.[1]?.split(' ') ?? [],
  [CONTAINER]: JSON.parse(/^CMD (.*)$/m.exec(readFileSync(CONTAINER, 'utf8'))?.[1] ?? '[]') as string[],
};

it.each([UNIT, GUIDE, CONTAINER])('%s starts it with words that it takes', (file) => {
  const [command, ...rest] = given[file] ?? [];
  expect(command).toBe('watch');
  const read = readArguments(watchCommand, rest);
  expect(read).toMatchObject({ ok: true, value: { fleet: '/etc/kanilink/fleet.toml' } });
  expect(read.ok ? metricsAddress(read.value.metrics ?? '') : null).toMatchObject({ port: 9777 });
});

it('differs in the program alone where the guide changes the unit', () => {
  expect(given[GUIDE]).toEqual(given[UNIT]);
});

const without = spawnSync('systemd-analyze', ['--version']).status !== 0;
it.skipIf(without)('systemd takes the unit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kl-unit-'));
  try {
    // The program is not installed here.
    const unit = readFileSync(UNIT, 'utf8').replace('/usr/bin/kanilink', process.execPath);
    const path = join(folder, 'kanilink-watch.service');
    writeFileSync(path, unit);
    const verified = spawnSync('systemd-analyze', ['verify', '--man=no', '--recursive-errors=no', path], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect(verified.stderr).not.toMatch(/kanilink-watch/);
    expect(verified.status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('reads RUVs by itself where nobody says how often, and all of them where somebody does', () => {
  const everyOf = (...words: string[]): unknown => {
    const read = readArguments(watchCommand, ['fleet.toml', ...words]);
    return read.ok ? read.value.ruvEvery : 'refused';
  };
  expect([everyOf(), everyOf('--ruv-every', '0'), everyOf('--ruv-every', '30')]).toEqual([null, 0, 30]);
  expect(everyOf('--ruv-every', 'often')).toBe('refused');
  expect(ruvTurnOf(null)).toEqual(ruvByItself(RUV_EVERY));
  expect(ruvTurnOf(30)).toEqual({ everyMs: 1_800_000, largest: null });
});
