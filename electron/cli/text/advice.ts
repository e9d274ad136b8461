/**
 * Advice to deploy, with the command that does it: the window has a button, a terminal needs a line to type.
 * @param fix as the rules say it: `Deploy.`, `Deploy: it pins …`, `Deploy, or …`.
 */
export function howToDeploy(fix: string): string {
  if (fix.includes(COMMAND)) return fix;
  const bare = /^Deploy( it)?\.$/.exec(fix);
  return bare
    ? `Deploy${bare[1] ?? ''}: ${COMMAND}.`
    : fix.replace(/^Deploy( it)?(?=[:,. ])/, (deploy) => `${deploy} (${COMMAND})`);
}

const COMMAND = 'kanilink apply FLEET';
