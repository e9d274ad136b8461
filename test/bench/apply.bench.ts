import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { stepDurations } from '../../electron/engine/deploy/journal/durations';
import { readDeploys } from '../../electron/engine/deploy/journal/read-journal';
import { bundleKanidmd } from '../../practice/kanidmd/conformance/bundle';
import { kanilink } from '../deploy/support/kanilink';
import { startSite, type TestSite } from '../deploy/support/site';
import { pairByHand } from './support/by-hand';
import { report, spread, timed, words } from './support/compare';

const PAIRS = Number(process.env['KANILINK_BENCH_PAIRS'] ?? 3);

/**
 * `kanilink apply` on two fresh servers against a script of the manual's bare steps on two more, in turn. Making and
 * stopping the servers is not timed. What is more in ours (a copy tested, a backup read back, looks before every effect, the
 * data compared) is told by kind of step, from the journal's times.
 */
it('apply against the bare steps by hand', async () => {
  const program = await bundleKanidmd();
  const ours: number[] = [];
  const theirs: number[] = [];
  const comparing: number[] = [];
  const kinds = new Map<string, number[]>();
  const once = async (count: boolean): Promise<void> => {
    const [one, other] = await Promise.all([startSite(2, { program }), startSite(2, { program })]);
    try {
      const mine = await timed(() => apply(one));
      const hand = await timed(() => pairByHand(other));
      if (!count) return;
      ours.push(mine);
      theirs.push(hand);
      const [record] = (await readDeploys(one.configDir)).deploys;
      const steps = record ? stepDurations(record) : [];
      for (const { action, ms } of steps) kinds.set(action, [...(kinds.get(action) ?? []), ms]);
      comparing.push(steps.filter((it) => it.action === 'compare').reduce((sum, it) => sum + it.ms, 0));
      kinds.set('planning and looking', [
        ...(kinds.get('planning and looking') ?? []),
        mine - steps.reduce((sum, it) => sum + it.ms, 0),
      ]);
    } finally {
      await Promise.all([one.close(), other.close()]);
    }
  };
  await once(false);
  for (let pair = 0; pair < PAIRS; pair++) await once(true);
  const ratio = ours.map((ms, index) => ms / (theirs[index] ?? Number.NaN));
  const bare = ours.map((ms, index) => (ms - (comparing[index] ?? 0)) / (theirs[index] ?? Number.NaN));
  report(
    `apply: ratio ${words(spread(ratio), 2)}; without the comparison of data, which the script does not make, ${words(spread(bare), 2)}`,
  );
  report(`apply: ours ${words(spread(ours), 0)} ms, by hand ${words(spread(theirs), 0)} ms; ${PAIRS} pairs`);
  for (const [kind, ms] of kinds) report(`apply: ${kind}: ${words(spread(ms), 0)} ms each`);
  await rm(dirname(program), { recursive: true, force: true });
});

async function apply(site: TestSite): Promise<void> {
  const engine = site.engine();
  const text = await site.text();
  const { code, out } = await kanilink(engine, 'apply', text.path, '--yes', '--erase', 'idm-b');
  expect(code, out).toBe(0);
}
