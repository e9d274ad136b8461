import type { Problem } from '../../../shared/base/problem';
import { exit } from './world';
import { jsonText } from '../text/json';

/** Where a complaint goes. */
export interface Complained {
  readonly print: (text: string) => void;
  readonly say: (text: string) => void;
}

/**
 * Says that a call was written wrongly; with `--json` also as the one document on standard output.
 * @param complaint one sentence without its full stop.
 * @param fix what to write instead.
 * @returns the exit code.
 */
export function usageError(complaint: string, fix: string, json: boolean, to: Complained): number {
  to.say(`kanilink: ${complaint}${fix === '' ? '' : `\n${fix}`}`);
  const problem: Problem = {
    severity: 'error',
    code: 'usage',
    server: null,
    message: `${complaint.charAt(0).toUpperCase()}${complaint.slice(1)}.`,
    fix,
    where: {},
  };
  if (json) to.print(jsonText({ problems: [problem] }));
  return exit.usage;
}

/** A complaint about the first id that is no server's; null when all are. @param option as written: `--erase`. */
export function unknownServer(
  option: string,
  ids: readonly string[],
  servers: readonly { readonly id: string }[],
): string | null {
  const stranger = ids.find((id) => !servers.some((server) => server.id === id));
  if (stranger === undefined) return null;
  const known = servers.map(({ id }) => id).join(', ');
  return `${option} ${stranger}: the fleet has no server ${stranger}; it has ${known === '' ? 'none' : known}`;
}
