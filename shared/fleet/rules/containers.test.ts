import { describe, expect, it } from 'vitest';
import { containerOfTest, fleetOfTest, observedOfTest } from '../../../test/support/fleet-fixtures';
import type { ContainerFacts, HostFacts } from '../../observed/observed';
import { readTopology } from '../model/topology';
import { checkObserved } from './check-observed';

const DATA = { type: 'volume', destination: '/data', source: '/v', volume: 'idm', writable: true };

/** What the rules about containers say of idm-b, whose container is otherwise as it should be. */
function said(facts: Partial<ContainerFacts>, more: Partial<HostFacts> = {}, links = ['idm-a > idm-b']) {
  const fleet = fleetOfTest(['idm-a', 'idm-b'], links);
  const [a, b] = ['idm-a', 'idm-b'].map((id) => observedOfTest({ id, domain: '1', tables: [] }));
  if (!a || !b?.facts || !b.config) throw new Error('no fixture');
  const container = containerOfTest({ mounts: [DATA], ...facts });
  const observed = {
    ...b,
    config: { ...b.config, dbPath: '/data/kanidm.db' },
    facts: { ...b.facts, configPath: '/data/server.toml', manager: 'docker' as const, ...more, container },
  };
  return checkObserved(fleet, readTopology(fleet), [a, observed])
    .filter((problem) => problem.code.startsWith('container-'))
    .map(({ severity, code, server }) => `${severity} ${code} ${server ?? ''}`);
}

describe('rules about containers', () => {
  it('say nothing of one that is as it should be', () => {
    expect(said({})).toEqual([]);
  });

  it.each([
    [{ configOn: 'read-only' }, {}, 'error container-read-only'],
    [{ configOn: 'tmpfs' }, {}, 'error container-config-on-tmpfs'],
    [{ configOn: 'layer' }, {}, 'warning container-config-not-mounted'],
    [{ configOn: 'single-file' }, {}, 'info container-config-single-file'],
    [{ ownerKnown: false }, {}, 'error container-owner-unknown'],
    [{ mounts: [] }, {}, 'warning container-database-not-mounted'],
    [{ mounts: [{ ...DATA, type: 'tmpfs' }] }, {}, 'warning container-database-not-mounted'],
    [{}, { overrides: { KANIDM_DB_PATH: '/elsewhere/kanidm.db' } }, 'warning container-database-not-mounted'],
    [{ autoRemoved: true }, {}, 'error container-auto-removed'],
    [{ mounts: [{ ...DATA, volume: 'a'.repeat(64) }] }, {}, 'warning container-database-anonymous'],
    [{}, { manager: 'kubernetes' }, 'error container-kubernetes'],
    [{}, { manager: 'swarm' }, 'error container-swarm'],
    [{ composeProject: 'lab' }, { manager: 'compose' }, 'warning container-compose'],
    [
      { unit: 'idm.service', unitInReach: false },
      { manager: 'podman-systemd' },
      'error container-systemd-out-of-reach',
    ],
  ] as const)('%j %j', (facts, more, expected) => {
    expect(said(facts, more)).toEqual([`${expected} idm-b`]);
  });

  it('accept a systemd unit that can be restarted, and a deeper mount that holds the database', () => {
    expect(said({ unit: 'idm.service' }, { manager: 'podman-systemd' })).toEqual([]);
    expect(said({ mounts: [{ ...DATA, destination: '/data/kanidm.db' }] })).toEqual([]);
  });

  it('leave a container to the unit that makes it again, unless what it holds would be lost', () => {
    const unit = { unit: 'idm.service', autoRemoved: true };
    const quadlet = { manager: 'podman-systemd' } as const;
    expect(said(unit, quadlet)).toEqual([]);
    expect(said({ ...unit, configOn: 'layer' }, quadlet)).toContain('error container-auto-removed idm-b');
    expect(said({ ...unit, mounts: [] }, quadlet)).toContain('error container-auto-removed idm-b');
    const anonymous = [{ ...DATA, volume: 'a'.repeat(64) }];
    expect(said({ ...unit, mounts: anonymous }, quadlet)).toContain('error container-auto-removed idm-b');
  });

  it('judge only servers that are in a link', () => {
    expect(said({ configOn: 'read-only', mounts: [] }, { manager: 'kubernetes' }, [])).toEqual([]);
  });
});
