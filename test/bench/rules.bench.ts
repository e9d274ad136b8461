import { expect, it } from 'vitest';
import { drawFleet } from '../../shared/fleet/adopt/draw-fleet';
import { findPartners } from '../../shared/fleet/adopt/find-partners';
import type { Fleet } from '../../shared/fleet/model/fleet';
import { readFleet } from '../../shared/fleet/read/read-fleet';
import { checkObserved } from '../../shared/fleet/rules/check-observed';
import { checkTopology } from '../../shared/fleet/rules/check-topology';
import { readTopology } from '../../shared/fleet/model/topology';
import type { ObservedServer } from '../../shared/observed/observed';
import { fleetOfTest, observedOfTest } from '../support/fleet-fixtures';
import { compare } from './support/compare';

/** What `check` and `adopt` compute for ten times the servers, probes aside: about ten times as long, or less. */
interface Grown {
  readonly fleet: Fleet;
  readonly text: string;
  readonly observed: readonly ObservedServer[];
}

/** A star around s0, linked and deployed, and a chain through it: hubs and long ways at once. */
function grown(count: number): Grown {
  const ids = Array.from({ length: count }, (_, index) => `s${index}`);
  const links = ids.flatMap((id, index) => [
    ...(index > 0 ? [`s0 > ${id}`] : []),
    ...(index > 1 ? [`s${index - 1} ~> ${id}`] : []),
  ]);
  const observed = ids.map((id, index) => {
    const hub = index === 0 ? ids.slice(1).map((other) => `${other} mutual-pull`) : ['s0 mutual-pull'];
    const before = index > 1 ? [`s${index - 1} pull`] : [];
    const after = index > 0 && index < count - 1 ? [`s${index + 1} allow-pull`] : [];
    return observedOfTest({ id, domain: 'a', tables: [...hub, ...before, ...after] });
  });
  const seen = observed.map((server) => ({
    reach: { connect: 'ssh' as const, endpoint: `ssh://admin@${server.id}.example.com` },
    observed: server,
  }));
  const drawn = drawFleet(findPartners(seen), ['s0']);
  if (!drawn.ok || drawn.value.text === null) throw new Error('not drawn');
  return { fleet: fleetOfTest(ids, links), text: drawn.value.text, observed };
}

function check({ fleet, observed }: Grown): number {
  const topology = readTopology(fleet);
  return [...checkTopology(fleet, topology), ...checkObserved(fleet, topology, observed)].length;
}

it('the rules for 1,000 servers against 100', async () => {
  const [large, small] = [grown(1000), grown(100)];
  // Ten of the small to one of the large: a ratio of 1 is linear.
  const tenTimes = (work: (of: Grown) => unknown) => ({
    ours: () => work(large),
    runs: 3,
    theirs: () => {
      for (let turn = 0; turn < 10; turn += 1) work(small);
    },
  });
  expect(check(large)).toBeGreaterThan(0);
  await compare('rules, 1,000 servers by ten times 100', tenTimes(check));
  await compare(
    'reading the fleet file, 1,000 servers by ten times 100',
    tenTimes(({ text }) => readFleet(text, null)),
  );
  await compare(
    'adopting, 1,000 servers by ten times 100',
    tenTimes(({ observed }) => {
      const reach = { connect: 'ssh', endpoint: 'ssh://x' } as const;
      return drawFleet(findPartners(observed.map((server) => ({ reach, observed: server }))), ['s0']);
    }),
  );
});
