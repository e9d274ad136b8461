/**
 * Advice to deploy, with the command that does it: the window has a button, a terminal needs a line to type.
 * @param fix as the rules say it: `Deploy.`, `Deploy: it pins …`, `Deploy, or …`.
 */
export function howToDeploy(fix: string): string {
  if (fix.includes(COMMAND)) return fix;
  return /^Deploy( it)?\.$/.test(fix)
    ? `Run: ${COMMAND}`
    : fix.replace(/^Deploy( it)?(?=[:,. ])/, (deploy) => `${deploy} (${COMMAND})`);
}

const COMMAND = 'kanilink apply FLEET';
