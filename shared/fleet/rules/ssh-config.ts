import type { ObservedServer } from '../../observed';
import type { Problem } from '../../problem';
import { finding } from './rule-table';
import type { FleetView } from './view';

export const sshConfig = ({ servers }: FleetView): readonly Problem[] =>
  servers.flatMap(({ observed }) => leftOutOfSshConfig(observed));

/** What of the operator's own ~/.ssh/config was not followed on the way to a server that was reached all the same. */
export function leftOutOfSshConfig({ id, facts }: ObservedServer): readonly Problem[] {
  const leftOut = facts?.leftOut ?? [];
  if (leftOut.length === 0) return [];
  return [
    finding(
      'ssh-config-left-out',
      id,
      `Part of ~/.ssh/config was left out on the way to ${id}: ${leftOut.join('; ')}.`,
      'Make sure that this is the right machine; put what it needs into a Host section instead.',
    ),
  ];
}
