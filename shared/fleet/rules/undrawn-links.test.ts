import { expect, it } from 'vitest';
import { fleetOfTest, observedOfTest } from '../../../test/support/fleet-fixtures';
import { readTopology } from '../model/topology';
import { checkObserved } from './check-observed';
import { checkTopology } from './check-topology';

const ids = ['idm-a', 'idm-b'];

/** What is said of links, by the servers' tables; a server that is missing could not be read. */
function said(links: readonly string[], tables: Readonly<Record<string, readonly string[] | null>>) {
  const fleet = fleetOfTest(ids, links);
  const topology = readTopology(fleet);
  const observed = ids.map((id) =>
    id in tables
      ? observedOfTest({ id, domain: '1', tables: tables[id] ?? null })
      : observedOfTest({ id, domain: '1', tables: [], state: 'unreachable' }),
  );
  return [...checkTopology(fleet, topology), ...checkObserved(fleet, topology, observed)]
    .map(({ code }) => code)
    .filter((code) => code === 'no-links' || code === 'link-not-drawn');
}
const both = { 'idm-a': ['idm-b mutual-pull'], 'idm-b': ['idm-a mutual-pull'] };

it.each([
  ['none runs, and all were read', { 'idm-a': [], 'idm-b': null }, ['no-links']],
  ['one was not read', { 'idm-a': [] }, []],
  ['one runs', both, ['link-not-drawn']],
  ['one runs on one side', { ...both, 'idm-b': [] }, ['link-not-drawn']],
  ['a partner outside the fleet is pulled from', { 'idm-a': ['idm-x pull'], 'idm-b': [] }, []],
] as const)('without a drawn link, %s', (_, tables, codes) => {
  expect(said([], tables)).toEqual(codes);
});

it('a link that is drawn is none of these', () => {
  expect(said(['idm-a ~> idm-b'], both)).toEqual([]);
});
