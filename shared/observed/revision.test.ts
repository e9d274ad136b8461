import { expect, it } from 'vitest';
import { observedOfTest } from '../../test/support/fleet-fixtures';
import type { ObservedServer } from './observed';
import { fleetRevision, revisionOf } from './revision';

const seen = observedOfTest({ id: 'idm-a', domain: '1', tables: ['idm-b mutual-pull'] });
const facts = seen.facts;
if (facts === null) throw new Error('it was seen');

const changed: readonly (readonly [string, Partial<ObservedServer>])[] = [
  ['its state', { state: 'stopped' }],
  ['its file', { file: seen.file && { ...seen.file, sha256: 'b'.repeat(64) as never } }],
  ['its certificate', { certificate: seen.certificate && { ...seen.certificate, text: 'AAAA' as never } }],
  ['its start', { facts: { ...facts, startedAt: 90_000 } }],
  ['its version', { versionOnDisk: '1.11.1' }],
  ['what could not be read', { faults: [{ code: 'x', message: 'm', fix: '', where: {} }] }],
];

it.each(changed)('tells another %s', (_, more) => {
  expect(revisionOf({ ...seen, ...more })).not.toBe(revisionOf(seen));
});

it('stays the same while time passes', () => {
  const later = { ...facts, clockOffsetMs: 400, clockReadAt: { wall: 5, monotonic: 5 } };
  expect(revisionOf({ ...seen, facts: later })).toBe(revisionOf(seen));
});

it('of a server that is not reached is none, whatever keeps it away', () => {
  const away = observedOfTest({ id: 'idm-a', domain: '1', tables: [], state: 'unreachable' });
  expect(revisionOf(away)).toBe('');
  expect(revisionOf({ ...away, faults: [{ code: 'x', message: 'm', fix: '', where: {} }] })).toBe('');
});

it('of a fleet names who was seen, in any order', () => {
  const a = { id: 'idm-a', revision: 'x' };
  const b = { id: 'idm-b', revision: 'y' };
  expect(fleetRevision([b, a])).toBe(fleetRevision([a, b]));
  expect(fleetRevision([a, { id: 'idm-b', revision: '' }])).toBe(fleetRevision([a]));
  expect(fleetRevision([a, { ...b, revision: 'z' }])).not.toBe(fleetRevision([a, b]));
});
