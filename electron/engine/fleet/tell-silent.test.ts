import { expect, it } from 'vitest';
import type { FleetServer } from '../../../shared/fleet/model/fleet';
import type { SeenServer } from './server-probe';
import { VirtualClock } from '../../../test/support/virtual-clock';
import { tellSilent } from './tell-silent';

const server = (id: string): FleetServer => ({ id }) as unknown as FleetServer;
const call = { signal: new AbortController().signal, timeoutMs: 60_000 };

/** Looks at servers of which each answers after so long; what is told, and when. */
async function looked(answersMs: Readonly<Record<string, number>>): Promise<readonly string[]> {
  const clock = new VirtualClock();
  const told: string[] = [];
  const prober = {
    observe: async ({ id }: FleetServer): Promise<SeenServer> => {
      await clock.sleep(answersMs[id] ?? 0, call.signal);
      return {} as unknown as SeenServer;
    },
  };
  await tellSilent(
    prober,
    clock,
    (ids) => told.push(`${ids.join()} after ${clock.monotonic()}`),
    ({ observe }) => Promise.all(Object.keys(answersMs).map((id) => observe(server(id), null, call))),
  );
  await clock.sleep(10_000, call.signal);
  return told;
}

it('names those that have not answered after three seconds, once, and nobody when all have', async () => {
  expect(await looked({ 'idm-a': 100, 'idm-b': 20_000, 'idm-c': 9000 })).toEqual(['idm-b,idm-c after 3000']);
  expect(await looked({ 'idm-a': 100, 'idm-b': 2900 })).toEqual([]);
});
