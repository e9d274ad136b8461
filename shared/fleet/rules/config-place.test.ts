import { describe, expect, it } from 'vitest';
import { fleetOfTest, observedOfTest } from '../../../test/support/fleet-fixtures';
import type { ConfigFixed } from '../../observed/observed';
import { readTopology } from '../model/topology';
import { checkObserved } from './check-observed';

function said(configFixed: ConfigFixed | null | undefined, links = ['idm-a > idm-b']) {
  const fleet = fleetOfTest(['idm-a', 'idm-b'], links);
  const [a, b] = ['idm-a', 'idm-b'].map((id) => observedOfTest({ id, domain: '1', tables: [] }));
  if (!a || !b?.facts) throw new Error('no fixture');
  const observed = { ...b, facts: { ...b.facts, ...(configFixed === undefined ? {} : { configFixed }) } };
  const problems = checkObserved(fleet, readTopology(fleet), [a, observed]);
  return problems.filter(({ code }) => code === 'config-read-only');
}

describe('a server.toml over SSH that cannot be replaced', () => {
  it.each([
    ['read-only', 'read-only'],
    ['mounted-alone', 'single file'],
    ['immutable', 'chattr'],
    ['store', 'store'],
  ] as const)('is an error of its server before the deploy: %s', (how, word) => {
    const [problem, ...more] = said({ how, file: '/nix/store/abc-server.toml' });
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ severity: 'error', server: 'idm-b' });
    expect(problem?.message).toContain(word);
    expect(problem?.message).toContain('which leads to /nix/store/abc-server.toml');
    expect(problem?.fix).toContain('where the file comes from');
  });

  it('is nothing where none was found, and for a server without a link', () => {
    expect(said(null)).toEqual([]);
    expect(said(undefined)).toEqual([]);
    expect(said({ how: 'store', file: '/nix/store/a' }, [])).toEqual([]);
  });
});
