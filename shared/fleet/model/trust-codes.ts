/** A fleet file, or what its files hold, is not what a person agreed to: nothing is done for it. */
export const FLEET_UNTRUSTED = 'fleet-untrusted';
/** A file that says whom to believe is not what was agreed to, so a connection does not believe it. */
export const FLEET_FILE_CHANGED = 'fleet-file-changed';

/** Is it a fault, or a problem, that the question of trust ends? @param code its code */
export const endsWithTrust = (code: string): boolean =>
  code === FLEET_UNTRUSTED || code === FLEET_FILE_CHANGED;
