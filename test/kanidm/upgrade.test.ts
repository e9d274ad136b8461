import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Given, givens, missing, NOBODY } from './support/given';
import type { RealImage } from './support/image';
import { type Lab, startLab } from './support/lab';
import { dataFlows, deployPair } from './support/main-job';
import { startPair } from './support/pair';
import { PLAIN } from './support/variants';
import { BOTH_REPLICATE, erasedBy, type Plan, pullsOf, type Status } from './support/words';

const minor = ({ version }: RealImage): number => Number(version.split('.')[1]);

/** Each two that were named one after the other, the older first, where the newer is the older's next minor version. */
const steps = givens.slice(1).map((to, index) => ({ from: givens[index] as Given, to }));
const NO_STEP = { from: NOBODY, to: { ...NOBODY, name: 'the next minor version' } };
if (missing === null && steps.length === 0)
  process.stderr.write('skipped: test/kanidm/upgrade: one Kanidm is named; name two, the older first\n');

describe.skipIf(missing !== null || steps.length === 0).each(steps.length === 0 ? [NO_STEP] : steps)(
  '$from.name to $to.name',
  ({ from, to }) => {
    let lab: Lab;
    let newer: RealImage;
    beforeAll(async () => {
      lab = await startLab(from);
      newer = lab.provide(to);
    }, 120_000);
    afterAll(() => lab?.close());

    it('one server after the other: paused between, replicating after, nobody erased', async ({ skip }) => {
      skip(minor(newer) !== minor(lab.kanidm) + 1, 'the second is not the next minor version of the first');
      const pair = await startPair(lab, PLAIN, 'upgrade');
      try {
        const { token } = await deployPair(pair, `${lab.kanidm.version} before its upgrade`);
        await pair.b.recreate(newer);
        const between = await pair.ask<Status>(2, 'status');
        expect(between.servers.map(({ version }) => version)).toEqual([lab.kanidm.version, newer.version]);
        expect(between.pulls.map(({ health }) => health)).not.toContain('replicating');
        expect(between.pulls.map(({ fix }) => fix).join('\n')).not.toMatch(/--erase/);
        expect(erasedBy(await pair.ask<Plan>(0, 'plan'))).toEqual([]);
        await pair.a.recreate(newer);
        expect(pullsOf(await pair.ask<Status>(0, 'status'))).toEqual(BOTH_REPLICATE);
        await dataFlows(pair, token);
      } finally {
        await pair.close();
      }
    });
  },
);
