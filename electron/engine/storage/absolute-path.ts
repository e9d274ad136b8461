import { dirname, isAbsolute, join, resolve } from 'node:path';

/** `~` is the person's home; relative paths start at the fleet file. */
export function absolute(text: string, home: string, fleetPath: string | null): string {
  if (text === '~' || text.startsWith('~/')) return join(home, text.slice(1));
  if (isAbsolute(text)) return text;
  return fleetPath === null ? resolve(text) : join(dirname(fleetPath), text);
}
