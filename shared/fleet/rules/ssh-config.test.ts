import { expect, it } from 'vitest';
import { fleetOfTest, observedOfTest } from '../../../test/support/fleet-fixtures';
import { readTopology } from '../model/topology';
import { checkObserved } from './check-observed';

it('what was left out of ~/.ssh/config is said of the server that was reached without it', () => {
  const fleet = fleetOfTest(['idm-a', 'idm-b'], ['idm-a > idm-b']);
  const seen = ['idm-a', 'idm-b'].map((id) => observedOfTest({ id, domain: '1', tables: [] }));
  const [a, b] = seen;
  if (!a || !b?.facts) throw new Error('no fixture');
  const leftOut = ['~/.ssh/config: `Match exec vpn` is not supported and was left out'];
  const said = (facts: object) =>
    checkObserved(fleet, readTopology(fleet), [
      a,
      { ...b, facts: { ...b.facts, ...facts } as typeof b.facts },
    ])
      .filter(({ code }) => code === 'ssh-config-left-out')
      .map(({ severity, server, message }) => [severity, server, message]);
  expect(said({})).toEqual([]);
  expect(said({ leftOut: [] })).toEqual([]);
  expect(said({ leftOut })).toEqual([
    ['info', 'idm-b', `Part of ~/.ssh/config was left out on the way to idm-b: ${leftOut[0]}.`],
  ]);
});
