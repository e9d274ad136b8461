import { describe, expect, it } from 'vitest';
import { fleetOfTest, observedOfTest, type SeenServer } from '../../../../test/support/fleet-fixtures';
import type { ObservedServer } from '../../../../shared/observed/observed';
import type { ObservedFleet } from '../../fleet/observe-fleet';
import type { ServerActivity } from '../journal/chain';
import type { DeployRecord } from '../journal/read-journal';
import { planRecovery } from './plan-recovery';

/* What an interrupted deploy left half done is over before anything else is planned: nobody finds a server that it left down. */

const a: SeenServer = { id: 'idm-a', domain: 'a', tables: [] };
const b: SeenServer = { id: 'idm-b', domain: 'a', tables: [] };
const SHA = observedOfTest(a).file?.sha256 ?? '';
const intent = (process?: string): ServerActivity['queued'] =>
  ({ kind: 'intent', step: '1', server: 'idm-b', effect: 'refresh', at: '', process }) as never;
const touched = (more: Partial<ServerActivity> = {}): ServerActivity =>
  ({
    ...{ server: 'idm-b', intents: [], original: null, written: new Set([SHA]) },
    ...{ unread: null, brought: null, queued: null, order: 1 },
    ...more,
  }) as ServerActivity;
const runningAs = (process: string): ObservedServer => {
  const { facts, ...seen } = observedOfTest(b);
  return { ...seen, facts: facts && { ...facts, service: { ...facts.service, process } } };
};

const recovery = (what: ServerActivity, seen: ObservedServer): readonly string[] | null => {
  const observed = [observedOfTest(a), seen];
  const fleet = { fleet: fleetOfTest(['idm-a', 'idm-b'], []), observed } as unknown as ObservedFleet;
  const plan = planRecovery(fleet, { deploy: '1' } as DeployRecord, [what]);
  return plan && plan.steps.map((step) => `${step.action} ${step.server}: ${step.why}`);
};

describe('restarted is', () => {
  it('a server that it left down, as between the stop and the start of a backup', () => {
    expect(recovery(touched(), observedOfTest({ ...b, state: 'stopped' }))).toEqual([
      expect.stringMatching(/^restart idm-b: idm-b does not run, and the deploy 1 was at work on it/),
    ]);
  });

  it('one whose refresh may still be queued: it could erase later', () => {
    expect(recovery(touched({ queued: intent() }), observedOfTest(b))).toEqual([
      expect.stringContaining('a restart drops a request that may still be queued'),
    ]);
  });

  it('one that was given a file which no process has read', () => {
    expect(recovery(touched({ brought: intent() as never }), observedOfTest(b))).toEqual([
      expect.stringContaining('between the new server.toml of idm-b and its restart'),
    ]);
  });
});

describe('left alone is', () => {
  it('one that runs, and to which nothing is owed', () => {
    expect(recovery(touched(), observedOfTest(b))).toBeNull();
  });

  it('one whose process is another by now: what was queued is gone, and the file is read', () => {
    for (const more of [{ queued: intent('1') }, { brought: intent('1') as never }]) {
      expect(recovery(touched(more), runningAs('1'))).toHaveLength(1);
      expect(recovery(touched(more), runningAs('2'))).toBeNull();
    }
  });

  it('one that has another file than it was given: nobody knows that this one is to be read', () => {
    expect(
      recovery(touched({ brought: intent() as never, written: new Set() }), observedOfTest(b)),
    ).toBeNull();
  });

  it('one that is not in the fleet any more, or whose file cannot be read', () => {
    expect(recovery(touched({ server: 'idm-x' as never }), observedOfTest(b))).toBeNull();
    const unread = { ...observedOfTest({ ...b, state: 'stopped' }), file: null };
    expect(recovery(touched(), unread)).toBeNull();
  });
});
