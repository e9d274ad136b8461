import type { Problem } from '../../base/problem';
import type { UnreadDeploy } from './history';

/** What is said of a deploy that ended without saying how, wherever it is said. @param at ISO 8601. */
export const interruptedMessage = (deploy: string, at: string): string =>
  `The deploy of ${at} (${deploy}) was interrupted and may have left something half done.`;

/** How a person says on the command line that a deploy does not run, where Kanilink cannot know. */
export const NOT_RUNNING_OPTION = '--not-running';

/** What is said of a deploy whose journal cannot be read, as far as it may have left something half done. */
export const unreadableJournal = (
  { deploy, format, at, who, host }: UnreadDeploy,
  severity: Problem['severity'] = 'warning',
): Problem => ({
  severity,
  code: 'journal-unreadable',
  server: null,
  message: `The journal of the deploy ${deploy} cannot be read: it is damaged, or a newer Kanilink wrote it${format === null ? '' : ` (its format is ${format})`}.${at === null ? '' : ` ${who ?? 'Somebody'} began it on ${host ?? 'some machine'} at ${at}, and nothing says that it ended.`} It may be one of this fleet, and interrupted.`,
  fix: `Finish or undo it with the Kanilink that wrote it. If you know that it is over, say so: kanilink apply FLEET ${NOT_RUNNING_OPTION}. Nothing else is deployed before.`,
  where: {},
});

/** The same as a warning beside what is found on the servers, which such a deploy explains. */
export const interruptedWarning = (deploy: string, at: string): Problem => ({
  severity: 'warning',
  code: 'deploy-interrupted',
  server: null,
  message: interruptedMessage(deploy, at),
  fix: 'Finish it: kanilink resume FLEET. Or undo it: kanilink rollback FLEET. Nothing else is deployed before.',
  where: {},
});
