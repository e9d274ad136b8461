import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eachOf, givens, missing } from './support/given';
import { type Lab, startLab } from './support/lab';
import { canCompare, dataFlows, same, somebodyOnA } from './support/main-job';
import { startPair } from './support/pair';
import { tomlOf } from './support/server';
import { PLAIN } from './support/variants';
import { BOTH_REPLICATE, codesOf, type Outcome, type Plan, pullsOf, type Status } from './support/words';
import { startUnasked } from './support/zombie';

const NAMED = ['--yes', '--erase', 'idm-b'];

/** Kanilink itself is killed in the middle of a deploy on real servers. */
describe.skipIf(missing !== null).each(eachOf(givens))('killed on $name', (given) => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab(given);
  }, 120_000);
  afterAll(() => lab?.close());

  // How far the deploy gets, of its steps; and how long into that step.
  const moments = [
    { share: 0.1, afterMs: 0 },
    { share: 0.35, afterMs: 400 },
    { share: 0.6, afterMs: 0 },
    { share: 0.8, afterMs: 1500 },
    { share: 1, afterMs: 100 },
  ];
  it.concurrent.each(moments)(
    'after $share of its steps and $afterMs ms: known at once, refused anew, finished by resume',
    async ({ share, afterMs }) => {
      const pair = await startPair(lab, PLAIN, `killed${share * 100}`);
      try {
        const token = await somebodyOnA(pair);
        const { length } = (await pair.ask<Plan>(2, 'plan')).steps;
        const step = Math.max(1, Math.round(length * share));
        const deploy = pair.desk.start('apply', pair.fleet, ...NAMED);
        await deploy.said(new RegExp(`^\\[${step}/${length}\\] …`, 'm'));
        await new Promise((resolve) => setTimeout(resolve, afterMs));
        deploy.kill();
        const killed = await deploy.ended;
        expect(killed.code, killed.stderr).toBeNull();

        // No moment is given to it: whatever is asked next knows.
        const anew = await pair.ask<Outcome>(1, 'apply', ...NAMED);
        expect([anew.result, codesOf(anew)], killed.stderr).toEqual([
          'refused',
          expect.arrayContaining(['deploy-interrupted']),
        ]);
        const resumed = await pair.ask<Outcome>(0, 'resume', ...NAMED);
        expect(resumed.result, killed.stderr).toMatch(/^(done|unchanged)$/);
        expect(pullsOf(await pair.ask<Status>(0, 'status'))).toEqual(BOTH_REPLICATE);
        expect((await pair.ask<Plan>(0, 'plan')).steps).toEqual([]);
        await dataFlows(pair, token);
        if (canCompare(lab.kanidm.version)) await same(pair);
      } finally {
        await pair.close();
      }
    },
  );

  it.concurrent('a zombie, for its parent does not look: it is no deploy that runs', async () => {
    const pair = await startPair(lab, PLAIN, 'zombie');
    const deploy = startUnasked(pair.desk, 'apply', pair.fleet, ...NAMED);
    try {
      await deploy.said(/^\[3\/\d+\] …/m);
      await deploy.kill();
      const anew = await pair.ask<Outcome>(1, 'apply', ...NAMED);
      expect(codesOf(anew)).toContain('deploy-interrupted');
      expect((await pair.ask<Outcome>(0, 'resume', ...NAMED)).result).toBe('done');
      expect(pullsOf(await pair.ask<Status>(0, 'status'))).toEqual(BOTH_REPLICATE);
    } finally {
      deploy.bury();
      await pair.close();
    }
  });

  it.concurrent('one that still runs is not interrupted: nobody may finish or undo it', async () => {
    const pair = await startPair(lab, PLAIN, 'runs');
    try {
      const deploy = pair.desk.start('apply', pair.fleet, ...NAMED);
      await deploy.said(/^\[2\/\d+\] …/m);
      for (const command of ['resume', 'rollback'])
        expect(
          (await pair.ask<Outcome>(1, command, ...(command === 'resume' ? NAMED : ['--yes']))).result,
        ).toBe('refused');
      const ended = await deploy.ended;
      expect(ended.code, ended.stderr).toBe(0);
      expect(pullsOf(await pair.ask<Status>(0, 'status'))).toEqual(BOTH_REPLICATE);
    } finally {
      await pair.close();
    }
  });

  it.concurrent('at once after it began, then rolled back: both files are as they were', async () => {
    const pair = await startPair(lab, PLAIN, 'undone');
    try {
      const files = () => [pair.a, pair.b].map(tomlOf);
      const before = files();
      const deploy = pair.desk.start('apply', pair.fleet, ...NAMED);
      await deploy.said(/^\[2\/\d+\] ✓/m);
      deploy.kill();
      await deploy.ended;
      const back = await pair.ask<Outcome>(0, 'rollback', '--yes');
      expect(back.result).toMatch(/^(done|unchanged)$/);
      expect(files()).toEqual(before);
      expect(await pair.b.kanidmd('domain', 'show')).toContain('domain_uuid');
    } finally {
      await pair.close();
    }
  });
});
