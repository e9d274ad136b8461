import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildPackage } from '../../build/launch/package.mjs';
import { findElectron } from '../../build/launch/electron.mjs';
import { withVirtualDisplay } from '../../build/launch/display.mjs';
import { report, spread, words } from './support/compare';
import { makeEmpty } from './support/empty-electron';
import { oneStart, type Start } from './support/one-start';

/*
 * The packaged app beside an empty window of the same Electron, by turns in one run: from the start of the program to the largest
 * paint of the first page, and what all its processes hold once all is there.
 */

const RUNS = 10;

it('start and memory beside an empty Electron', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kanilink-start-'));
  try {
    const electron = await findElectron();
    const built = await buildPackage(electron, { inspectable: false, output: join(folder, 'built') });
    if (built === undefined) throw new Error('nothing was packaged');
    const empty = makeEmpty(join(folder, 'empty'), electron);
    const pairs = await withVirtualDisplay(async (env) => {
      const made: [Start, Start][] = [];
      // The first of each is not counted: files are read from the disk once.
      for (let run = 0; run <= RUNS; run += 1) {
        const mine = await oneStart(built.executable, '[data-testid="welcome-practice"]', env);
        const other = await oneStart(empty, 'h1', env);
        if (run > 0) made.push([mine, other]);
      }
      return made;
    });
    for (const [what, unit] of [
      ['paintMs', 'ms'],
      ['megabytes', 'MB'],
    ] as const) {
      const ratio = spread(pairs.map(([mine, other]) => mine[what] / other[what]));
      const [mine, other] = [0, 1].map((at) => spread(pairs.map((pair) => pair[at === 0 ? 0 : 1][what])));
      if (!mine || !other) continue;
      report(
        `${what}: ratio ${words(ratio, 2)}; ours ${words(mine)} ${unit}, the empty one ${words(other)} ${unit}`,
      );
    }
    expect(pairs).toHaveLength(RUNS);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
