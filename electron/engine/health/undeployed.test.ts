import { describe, expect, it } from 'vitest';
import type { PullHealth } from '../../../shared/kanidmd/health';
import { fleetOfTest, observedOfTest } from '../../../test/support/fleet-fixtures';
import { tellUndeployed, undeployedPulls } from './undeployed';

const fleet = fleetOfTest(['idm-a', 'idm-b'], ['idm-a > idm-b']);
const aFromB = { consumer: 'idm-a', supplier: 'idm-b' };
const bFromA = { consumer: 'idm-b', supplier: 'idm-a' };

/** What idm-b's tables are; null: no `[replication]`. */
const whyOf = (tables: readonly string[] | null) =>
  undeployedPulls(fleet, [
    observedOfTest({ id: 'idm-a', domain: '1', tables: ['idm-b mutual-pull'] }),
    observedOfTest({ id: 'idm-b', domain: '1', tables }),
  ]);

describe('a pull that is drawn', () => {
  it('is deployed where the consumer’s file has a table that pulls from the supplier', () => {
    const why = whyOf(['idm-a mutual-pull']);
    expect([why(aFromB), why(bFromA)]).toEqual([null, null]);
    expect(whyOf(['idm-a pull'])(bFromA)).toBeNull();
  });

  it('is not where the file says otherwise', () => {
    expect(whyOf([])(bFromA)).toBe('not deployed yet: idm-b’s file has no table for idm-a');
    expect(whyOf(['idm-a allow-pull'])(bFromA)).toBe('not deployed yet: idm-b’s file has no table for idm-a');
    expect(whyOf(null)(bFromA)).toBe('not deployed yet: idm-b’s file has no [replication]');
  });

  it('may be, where the file could not be read', () => {
    const unread = { ...observedOfTest({ id: 'idm-b', domain: '1', tables: [] }), file: null, config: null };
    expect(undeployedPulls(fleet, [unread])(bFromA)).toBeNull();
  });

  it.each(['broken', 'needs-refresh', 'paused', 'replicating'] as const)(
    'keeps what its log proves: %s',
    (health) => {
      const pull: PullHealth = { ...bFromA, health, cause: 'c', fix: 'f', lastSuccess: null };
      expect(tellUndeployed(pull, whyOf([]))).toBe(pull);
    },
  );

  it.each(['waiting', 'unknown'] as const)('is unknown where the log proves nothing: %s', (health) => {
    const pull: PullHealth = { ...bFromA, health, cause: 'c', fix: 'f', lastSuccess: null };
    expect(tellUndeployed(pull, whyOf([]))).toMatchObject({ health: 'unknown', fix: 'Deploy it.' });
    expect(tellUndeployed(pull, whyOf(['idm-a pull']))).toBe(pull);
  });
});
