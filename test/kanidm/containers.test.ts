import { afterAll, beforeAll, describe, it } from 'vitest';
import { eachOf, givens, missing } from './support/given';
import { type Lab, startLab } from './support/lab';
import { adoptPair, canCompare, deployPair, nothingLeft, renewA, same } from './support/main-job';
import { startPair } from './support/pair';
import { variants } from './support/variants';

/** The main job, by the command line, on real servers in every kind of container that people run them in. */
describe.skipIf(missing !== null).each(eachOf(givens))('$name in containers', (given) => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab(given);
  }, 120_000);
  afterAll(() => lab?.close());

  // Side by side: they wait for rounds more than they compute.
  const named = variants.map((variant) => [variant.title, variant] as const);
  it.concurrent.each(named)('%s: deploy, status, compare, renew, adopt', async (_, variant) => {
    const pair = await startPair(lab, variant);
    try {
      const title = `${lab.kanidm.version}, ${variant.title}`;
      await deployPair(pair, title);
      if (canCompare(lab.kanidm.version)) await same(pair);
      await renewA(pair, title);
      await adoptPair(pair, lab);
      await nothingLeft(pair, lab, variant.uid);
    } finally {
      await pair.close();
    }
  });
});
