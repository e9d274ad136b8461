import type { ObservedServer } from '../../observed/observed';
import type { Problem } from '../../base/problem';
import { ruleProblems, type Words } from './words';
import type { FleetView } from './view';

export const words = {
  'ssh-config-left-out': {
    severity: 'info',
    what: 'part of `~/.ssh/config` was not followed on the way to a server, such as `Match`.',
    why: 'what is not understood is not guessed; ssh itself might have gone another way.',
    fix: 'see that it is the right machine; put what it needs into a `Host` section.',
    from: 'design',
    source: 'design.md, "The path data takes": nothing is followed by guess',
  },
} as const satisfies Words;

const ruleProblem = ruleProblems(words);

/** One problem a server whose way through ~/.ssh/config was not followed to the letter. */
export const check = ({ servers }: FleetView): readonly Problem[] =>
  servers.flatMap(({ observed }) => leftOutOfSshConfig(observed));

/** What of the operator's own ~/.ssh/config was not followed on the way to a server that was reached all the same. */
export function leftOutOfSshConfig({ id, facts }: ObservedServer): readonly Problem[] {
  const leftOut = facts?.leftOut ?? [];
  if (leftOut.length === 0) return [];
  return [
    ruleProblem(
      'ssh-config-left-out',
      id,
      `Part of ~/.ssh/config was left out on the way to ${id}: ${leftOut.join('; ')}.`,
      'Make sure that this is the right machine; put what it needs into a Host section instead.',
    ),
  ];
}
