import { readFileSync } from 'node:fs';
import { DEFAULT_VERSION, findVersion, versionIds, type Version } from './versions';

/** What the PRACTICE_ environment variables ask for. */
export interface Knobs {
  version: Version;
  /** Time factor, above 0. */
  speed: number;
  /** Names with a fixed address, or null for one that must not resolve. */
  resolve: ReadonlyMap<string, string | null>;
}

/**
 * Reads PRACTICE_VERSION, PRACTICE_SPEED and PRACTICE_RESOLVE.
 * @returns the knobs, or a sentence saying which one is wrong.
 */
export function readKnobs(env: NodeJS.ProcessEnv): Knobs | string {
  const id = env['PRACTICE_VERSION'] ?? DEFAULT_VERSION;
  const version = findVersion(id);
  if (!version) return `PRACTICE_VERSION is '${id}', expected one of ${versionIds.join(', ')}`;
  const speed = Number(env['PRACTICE_SPEED'] ?? '1');
  if (!(speed > 0)) return `PRACTICE_SPEED is '${env['PRACTICE_SPEED'] ?? ''}', expected a number above 0`;
  const resolve = readNames(env['PRACTICE_RESOLVE'] ?? '{}');
  if (typeof resolve === 'string') return resolve;
  return { version, speed, resolve };
}

/**
 * Reads the JSON map of PRACTICE_RESOLVE. A value starting with `@` names a file that holds such a map, read at
 * each look-up: that is how a test takes a name away from a running server.
 */
export function readNames(json: string): ReadonlyMap<string, string | null> | string {
  const wrong = `PRACTICE_RESOLVE is not a JSON object of names and addresses (or null): ${json}`;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return wrong;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong;
  const names = new Map<string, string | null>();
  for (const [name, address] of Object.entries(value)) {
    if (address !== null && typeof address !== 'string') return wrong;
    names.set(name.toLowerCase(), address);
  }
  return names;
}

const logins = ['work', 'broken', 'strangers', 'no-anonymous'] as const;
export type Logins = (typeof logins)[number];

/**
 * Reads PRACTICE_LOGINS. `broken`: a login fails, and rounds go on; `strangers`: sessions that other servers made are
 * refused; `no-anonymous`: anonymous may not log in. A value starting with `@` names a file that holds the word, read at
 * each request; without that file, logins work.
 */
export function readLogins(env: NodeJS.ProcessEnv): Logins {
  const written = env['PRACTICE_LOGINS'] ?? 'work';
  const word = written.startsWith('@') ? wordIn(written.slice(1)) : written;
  return logins.find((it) => it === word) ?? 'work';
}

function wordIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return 'work';
  }
}
