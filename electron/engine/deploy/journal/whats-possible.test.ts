import { describe, expect, it } from 'vitest';
import type { DeployRecord } from './read-journal';
import { endedBadly, whatsPossible, checkUndoable } from './whats-possible';

/* What is offered about a past deploy is what the planner lets through. */

interface Past {
  readonly state?: DeployRecord['state'];
  readonly outcome?: DeployRecord['outcome'];
  readonly purpose?: string;
  readonly effects?: readonly string[];
  readonly lock?: string;
  readonly settledBy?: string | null;
}
/** A deploy that ended and wrote a file, unless it says otherwise. */
const past = (deploy: string, it: Past = {}): DeployRecord =>
  ({
    deploy,
    state: it.state ?? 'finished',
    outcome: it.outcome ?? 'done',
    settledBy: it.settledBy ?? null,
    header: {
      lock: it.lock ?? deploy,
      purpose: it.purpose ?? 'deploy',
      who: 'robin',
      host: 'desk',
      pid: 1,
      steps: [],
    },
    entries: [
      { kind: 'begin', step: '1' },
      ...(it.effects ?? ['write', 'restart']).map((effect) => ({
        kind: 'intent',
        step: '1',
        server: 'idm-a',
        effect,
      })),
    ],
  }) as unknown as DeployRecord;
/** Of the first. */
const possible = (
  of: DeployRecord,
  others: readonly DeployRecord[] = [],
  interrupted: DeployRecord | null = null,
) => whatsPossible(of, [of, ...others], interrupted);

describe('a deploy', () => {
  it('that wrote a file is rolled back', () => {
    expect(possible(past('1'))).toEqual(['rollback']);
    expect(possible(past('1', { effects: ['restart'] }))).toEqual([]);
    expect(possible(past('1', { effects: [] }))).toEqual([]);
  });

  it('that was interrupted is resumed or rolled back, whatever it did; any other only if it is that one', () => {
    const interrupted = past('1', { state: 'interrupted', effects: [] });
    expect(possible(interrupted, [], interrupted)).toEqual(['resume', 'rollback']);
    expect(possible(past('2'), [interrupted], interrupted)).toEqual(['rollback']);
    const settled = past('1', { state: 'interrupted', effects: [], settledBy: '2' });
    expect(possible(settled, [past('2', { lock: '1', purpose: 'resume', effects: [] })])).toEqual([]);
    // What its resume wrote goes back with it.
    expect(possible(settled, [past('2', { lock: '1', purpose: 'resume' })])).toEqual(['rollback']);
  });

  it('that runs is left alone', () => expect(possible(past('1', { state: 'running' }))).toEqual([]));

  it('that renewed a certificate, or was resumed by one that did, is not rolled back', () => {
    const renewed = past('1', { effects: ['renew', 'write'] });
    expect(checkUndoable(renewed, [renewed])).toMatchObject({ code: 'renewal-not-undone' });
    const [first, rest] = [past('1'), past('2', { lock: '1', purpose: 'resume', effects: ['renew'] })];
    expect(checkUndoable(first, [first, rest])).toMatchObject({ code: 'renewal-not-undone' });
    expect(possible(first, [past('2', { effects: ['renew'] })])).toEqual(['rollback']);
  });

  it('that is a rollback, or was rolled back, is not undone', () => {
    const back = past('2', { lock: '1', purpose: 'rollback' });
    expect(possible(back, [past('1')])).toEqual([]);
    const undone = past('1', { settledBy: '2' });
    expect(checkUndoable(undone, [undone, back])).toMatchObject({ message: expect.stringContaining('by 2') });
    // It was settled by something else.
    expect(possible(past('1', { settledBy: '3' }), [back, past('3', { purpose: 'resume' })])).toEqual([
      'rollback',
    ]);
  });
});

describe('a rollback that names no deploy', () => {
  it.each<[string, Past, boolean]>([
    ['means one that failed', { outcome: 'failed' }, true],
    ['not one that ended well', { outcome: 'done' }, false],
    ['not one that was interrupted: that one is found first', { state: 'interrupted', outcome: null }, false],
    ['not one that another has ended', { outcome: 'failed', settledBy: '2' }, false],
    ['not one that wrote nothing', { outcome: 'failed', effects: ['restart'] }, false],
    ['not a rollback', { outcome: 'failed', purpose: 'rollback' }, false],
  ])('%s', (_what, it, means) => expect(endedBadly(past('1', it))).toBe(means));
});
