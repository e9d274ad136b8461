import type { ServerConfig } from './server-config';
import { isBefore, isRelease, type KnownKey, knownKeys, UNREAD } from '../versions/versions';

/** The key as this version reads it in this form of file; null: it does not. */
export function readsKey(version: string, form: ServerConfig['version'], key: string): KnownKey | null {
  return knownKeys.find((it) => it.key === key && fits(it, version, form)) ?? null;
}

/**
 * Whether `version` refuses to start because of this top-level key. Of versions beyond the known ones the answer is no:
 * a staged `configtest` by the server itself decides before anything is written.
 * @param form legacy files and `version = "2"` files take different keys.
 */
export function refusesKey(version: string, form: ServerConfig['version'], key: string): boolean {
  if (isRelease(version) && !isBefore(version, UNREAD)) return false;
  return readsKey(version, form, key) === null;
}

/** Where a key that is refused here is at home, in words; null: nowhere. */
export function homeOfKey(version: string, form: ServerConfig['version'], key: string): string | null {
  const known = knownKeys.find((it) => it.key === key);
  if (known === undefined) return null;
  if (known.form !== undefined && known.form !== form) {
    const home = known.form === '2' ? 'files with version = "2"' : 'files without a version line';
    const instead = known.instead === undefined ? '' : `; here it is ${known.instead}`;
    return `It belongs into ${home}${instead}.`;
  }
  if (known.since !== null && isBefore(version, known.since))
    return `It exists from ${known.since} on${known.instead === undefined ? '' : `; before, it is ${known.instead}`}.`;
  return `It exists up to ${known.until ?? version} only${known.instead === undefined ? '' : `; since then it is ${known.instead}`}.`;
}

/** Text that is not a version refuses nothing; what no version reads is unknown all the same. */
function fits(
  { form: only, since, until }: KnownKey,
  version: string,
  form: ServerConfig['version'],
): boolean {
  if (only !== undefined && only !== form) return false;
  if (!isRelease(version)) return true;
  return !(since !== null && isBefore(version, since)) && !(until !== null && !isBefore(version, until));
}
