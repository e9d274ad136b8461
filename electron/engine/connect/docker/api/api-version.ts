import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import { type ServerPlace, faultAt } from '../../common/faults';

/** The oldest version of the API with all that is asked of it: Docker 19.03, Podman 2. */
const OLDEST = '1.40';
/** The newest whose reference was compared with what is asked here: Docker 29. A newer engine is spoken to in this one. */
const NEWEST = '1.52';

/**
 * The version of the API to speak with an engine. Without one in the path an engine takes its own newest, so the same
 * request would mean something else after an upgrade.
 * @param newest what the engine says it speaks at most (`ApiVersion`).
 * @param oldest what it says it speaks at least (`MinAPIVersion`); null: it does not say.
 * @returns `1.41`, or the fault `engine-too-old` or `engine-too-new`.
 */
export function negotiate(where: ServerPlace, newest: string, oldest: string | null): Result<string> {
  if (isBefore(newest, OLDEST)) return fail(tooOld(where, newest));
  if (oldest !== null && isBefore(NEWEST, oldest)) return fail(tooNew(where, oldest));
  return ok(isBefore(newest, NEWEST) ? newest : NEWEST);
}

/** By numbers: 1.9 is before 1.40. */
function isBefore(a: string, b: string): boolean {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA === majorB ? minorA < minorB : majorA < majorB;
}

const tooOld = (where: ServerPlace, newest: string): Fault =>
  faultAt(
    where,
    'engine-too-old',
    `the engine is too old: it speaks version ${newest} of the Docker API, and Kanilink needs ${OLDEST} or later`,
    'Upgrade it: Docker 19.03 or later, or Podman 2 or later.',
  );

const tooNew = (where: ServerPlace, oldest: string): Fault =>
  faultAt(
    where,
    'engine-too-new',
    `the engine is too new: it speaks the Docker API from version ${oldest} on, and this Kanilink up to ${NEWEST}`,
    'Upgrade Kanilink.',
  );
