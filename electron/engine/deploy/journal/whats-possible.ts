import type { Possible } from '../../../../shared/plan/model/history';
import type { Fault } from '../../../../shared/base/result';
import { chainOf } from './chain';
import type { DeployRecord } from './read-journal';
import { stillRunning } from './still-running';

/**
 * What may be done about a past deploy. The planner asks the same, so that nothing is offered that is then refused.
 * @param all the deploys of its fleet.
 * @param interrupted the one that must be resumed or rolled back before another; null: none.
 */
export const whatsPossible = (
  of: DeployRecord,
  all: readonly DeployRecord[],
  interrupted: DeployRecord | null,
): readonly Possible[] => [
  ...(of.deploy === interrupted?.deploy ? (['resume'] as const) : []),
  ...(checkUndoable(of, all) === null ? (['rollback'] as const) : []),
];

/** Why a deploy is not rolled back; null: it can be. @param all the deploys of its fleet. */
export function checkUndoable(of: DeployRecord, all: readonly DeployRecord[]): Fault | null {
  if (of.state === 'running') return stillRunning(of);
  const chain = chainOf(of, all);
  if (chain.some(hasRenewed)) return renewalStays(of);
  if (of.header.purpose === 'rollback') return isRollback(of);
  const by = all.find((it) => it.deploy === of.settledBy);
  if (by?.header.purpose === 'rollback') return undoneAlready(of, by);
  const open = of.state === 'interrupted' && of.settledBy === null;
  return open || chain.some(hasWritten) ? null : wroteNothing(of);
}

/** It ended, and not well: what a rollback means that names no deploy. */
export const endedBadly = (it: DeployRecord): boolean =>
  it.settledBy === null &&
  it.state === 'finished' &&
  it.outcome !== 'done' &&
  it.header.purpose !== 'rollback' &&
  hasWritten(it);

const hasWritten = (it: DeployRecord): boolean =>
  it.entries.some((entry) => entry.kind === 'intent' && entry.effect === 'write');

/** A renewal may have happened from the moment it was asked for. */
const hasRenewed = (it: DeployRecord): boolean =>
  it.entries.some((entry) => entry.kind === 'intent' && entry.effect === 'renew');

const renewalStays = (of: DeployRecord): Fault => ({
  code: 'renewal-not-undone',
  message: `The deploy ${of.deploy} renewed a certificate, which nothing brings back: the old files would pin one that is gone.`,
  fix: 'Go on instead: kanilink resume FLEET after an interruption, else kanilink apply FLEET; both pin the certificate that is shown now.',
  where: {},
});

const isRollback = (of: DeployRecord): Fault => ({
  code: 'nothing-to-undo',
  message: `The deploy ${of.deploy} is a rollback itself; it is not undone.`,
  fix: 'To bring the servers to what the fleet file says: kanilink apply FLEET.',
  where: {},
});

const undoneAlready = (of: DeployRecord, by: DeployRecord): Fault => ({
  code: 'nothing-to-undo',
  message: `The deploy ${of.deploy} was rolled back already, by ${by.deploy}.`,
  fix: 'See what is left to do: kanilink plan FLEET.',
  where: {},
});

const wroteNothing = (of: DeployRecord): Fault => ({
  code: 'nothing-to-undo',
  message: `The deploy ${of.deploy} wrote no server.toml, so there is none to put back.`,
  fix: 'See what is left to do: kanilink plan FLEET.',
  where: {},
});
