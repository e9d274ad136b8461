import type { Problem } from '../problem';

/** What is said of a deploy that ended without saying how, wherever it is said. @param at ISO 8601. */
export const interruptedMessage = (deploy: string, at: string): string =>
  `The deploy of ${at} (${deploy}) was interrupted and may have left something half done.`;

/** The same as a warning beside what is found on the servers, which such a deploy explains. */
export const interruptedWarning = (deploy: string, at: string): Problem => ({
  severity: 'warning',
  code: 'deploy-interrupted',
  server: null,
  message: interruptedMessage(deploy, at),
  fix: 'Finish it: kanilink resume FLEET. Or undo it: kanilink rollback FLEET. Nothing else is deployed before.',
  where: {},
});
