import type { ServerId } from '../../../../shared/base/names';
import type { Fault } from '../../../../shared/base/result';

/** The code by which the end of a deploy is told from a failure. */
export const CANCELLED = 'cancelled';

/**
 * A step that was cancelled before its effect.
 * @param server whose step it is; null: not one server's
 * @param before what had not been done yet: the end of "Cancelled before"
 * @param fix what to do
 */
export const cancelled = (
  server: ServerId | null,
  before = 'anything was changed by this step.',
  fix = 'Deploy again when you are ready.',
): Fault => ({
  code: CANCELLED,
  message: `Cancelled before ${before}`,
  fix,
  where: server === null ? {} : { server },
});
