import { expect, it } from 'vitest';
import { untilReplicating } from './support/replication';
import { open, practise } from './support/session';
import { until } from './support/until';
import { pair, reviewAndDeploy, ROUNDS_LIMIT_MS } from './support/story';

it('a server that dies turns its pulls red within two rounds, with the cause; started again, they turn green', async () => {
  const { fleet, servers, server } = await practise({ replication: () => true });
  const { window } = await open({ fleet: fleet.fleet });
  await pair(window, 'idm-a', 'idm-b', 'idm-a');
  await reviewAndDeploy(window, ['idm-b']);
  await untilReplicating(servers, ROUNDS_LIMIT_MS);
  await window.canvas.untilHealth('idm-a', 'idm-b', 'replicating', ROUNDS_LIMIT_MS);
  await window.canvas.link('idm-a', 'idm-b').click();
  expect(await window.pullHealth('idm-b', 'idm-a')).toBe('replicating');

  await fleet.machine('idm-a').killKanidmd();
  const roundsAtDeath = server('idm-b').rounds().length;
  await window.canvas.untilHealth('idm-a', 'idm-b', 'broken', ROUNDS_LIMIT_MS);
  for (const [consumer, supplier] of [
    ['idm-b', 'idm-a'],
    ['idm-a', 'idm-b'],
  ] as const)
    await until(
      `${consumer} ← ${supplier} is shown broken`,
      async () => (await window.pullHealth(consumer, supplier)) === 'broken',
      ROUNDS_LIMIT_MS,
    );
  // Counted on the survivor, one round each poll interval: on a slow machine a second takes longer, a round does not.
  expect(server('idm-b').rounds().length - roundsAtDeath).toBeLessThanOrEqual(2);
  expect(await window.linkInspector.getByTestId('cause').innerText()).toMatch(
    /idm-a is stopped|nothing answers|connect to (the )?supplier/i,
  );
  expect((await server('idm-b').people()).length).toBeGreaterThan(0);

  const died = server('idm-b').rounds().length;
  await fleet.machine('idm-a').startKanidmd();
  await window.canvas.untilHealth('idm-a', 'idm-b', 'replicating', ROUNDS_LIMIT_MS);
  const since = server('idm-b').rounds().slice(died);
  expect(since.some((round) => round.kind === 'incremental' && round.good)).toBe(true);
  expect(since.some((round) => round.kind === 'refresh')).toBe(false);
});
