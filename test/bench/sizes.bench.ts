import { expect, it } from 'vitest';
import type { Fleet } from '../../shared/fleet/model/fleet';
import { checkObserved } from '../../shared/fleet/rules/check-observed';
import { checkTopology } from '../../shared/fleet/rules/check-topology';
import { readTopology } from '../../shared/fleet/model/topology';
import type { ObservedServer } from '../../shared/observed/observed';
import { makePlan } from '../../shared/plan/make/make-plan';
import { deployedFleet, freshFleet } from '../support/deployed-fleet';
import { fleetOfTest } from '../support/fleet-fixtures';
import { report, spread, timed, words } from './support/compare';

/*
 * What `check` and `plan` cost as a fleet grows: microseconds for each server and link, and how that compares with the size
 * before. No worse than linear is a ratio that stays about 1 (0.1 less for whatever is only done once). Reading the servers'
 * files is not counted: a probe does that, server by server.
 */

const SIZES = [2, 10, 100, 1000];
const RUNS = 3;
/** A small fleet is worked on this often in one run, so that the clock can tell. */
const LEAST_SERVERS_A_RUN = 200;

const id = (at: number): string => `idm-${at}`;

/** Every third server feeds three, and every fifth has a second supplier: about 1.2 links a server. */
function tree(servers: number): Fleet {
  const ids = Array.from({ length: servers }, (_, index) => id(index));
  const links = ids.flatMap((to, index) => {
    if (index === 0) return [];
    const parent = Math.floor((index - 1) / 3);
    const second = index % 5 === 0 && parent !== index - 1 ? [`${id(index - 1)} > ${to}`] : [];
    return [`${id(parent)} > ${to}`, ...second];
  });
  return fleetOfTest(ids, links);
}

/** One primary that feeds everybody. */
const star = (servers: number): Fleet =>
  fleetOfTest(
    Array.from({ length: servers }, (_, index) => id(index)),
    Array.from({ length: servers - 1 }, (_, index) => `${id(0)} > ${id(index + 1)}`),
  );

const check = (fleet: Fleet, observed: readonly ObservedServer[]): void => {
  const topology = readTopology(fleet);
  checkTopology(fleet, topology);
  checkObserved(fleet, topology, observed, 0);
};
const plan = (fleet: Fleet, observed: readonly ObservedServer[]) => makePlan(fleet, observed);

it.each([
  ['check, a tree', check, tree, deployedFleet],
  ['check, a star', check, star, deployedFleet],
  ['plan, a tree as it is drawn', plan, tree, deployedFleet],
  ['plan, a star as it is drawn', plan, star, deployedFleet],
  ['plan, a tree of new servers', plan, tree, freshFleet],
  ['plan, a star of new servers', plan, star, freshFleet],
])('%s', async (name, work, draw, seen) => {
  let before: number | null = null;
  for (const servers of SIZES) {
    const fleet = draw(servers);
    const observed = seen(fleet);
    const size = servers + fleet.links.length;
    const times = Math.max(1, Math.round(LEAST_SERVERS_A_RUN / servers));
    work(fleet, observed);
    const each: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const took = await timed(() => {
        for (let at = 0; at < times; at += 1) work(fleet, observed);
      });
      each.push((took * 1000) / times / size);
    }
    const found = spread(each);
    const grown =
      before === null ? '' : `; ${(found.median / before).toFixed(2)} times that of the size before`;
    report(`${name}, ${servers} servers and ${fleet.links.length} links: ${words(found)} µs each${grown}`);
    before = found.median;
    expect(found.median).toBeGreaterThan(0);
  }
});
