import { kanidmdArguments, QUESTIONS } from '../../common/kanidmd-arguments';
import { contentOf, isLink, isThere, lookAt } from '../commands/files';
import { isPlainPath } from './parameters';
import type { ServiceUser } from '../machine/service-user';

const NAME = /^[a-z_][a-z0-9_-]*$/;

/**
 * The lines of sudoers for somebody who only looks: status, plan and watch. Each is one command with all its arguments, run as
 * the user of the service, which writes nothing but that user's own. None for a dynamic user, who has no lasting name, and none
 * where a path or a name could mean more there than itself: a pattern, a comment, a line of its own.
 */
export function readOnlyLines(
  user: string,
  { identity, dynamic }: ServiceUser,
  kanidmd: string,
  config: string,
): readonly string[] {
  if (dynamic !== null || identity.name === null || identity.uid === 0) return [];
  if (!NAME.test(identity.name) || ![kanidmd, config].every(isPlainPath)) return [];
  const commands = [
    ...[contentOf, lookAt, isThere, isLink].map((command) => whole(command(config))),
    ...Object.values(QUESTIONS).map((question) => [kanidmd, ...kanidmdArguments(question, config)]),
  ];
  return commands.map(
    ([program, ...args]) =>
      `${user} ALL=(${identity.name ?? ''}) NOPASSWD: ${program ?? ''} ${args.map((it) => it.replace(/[,:=\\]/g, '\\$&')).join(' ')}`,
  );
}

/** sudo looks coreutils up where it trusts the folder; its lines name them whole. */
const whole = ([program = '', ...args]: readonly string[]): readonly string[] => [
  `/usr/bin/${program}`,
  ...args,
];
