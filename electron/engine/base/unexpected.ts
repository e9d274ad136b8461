import type { Fault, Place } from '../../../shared/base/result';

/** An exception where none was expected, with its stack. */
export const errorOf = (cause: unknown): Error => (cause instanceof Error ? cause : new Error(String(cause)));

/** An exception where none was expected, as something a person can read and copy. */
export function unexpected(cause: unknown): Fault {
  const error = errorOf(cause);
  return {
    code: 'unexpected',
    message: `Something went wrong that should not: ${error.message}`,
    fix: 'This is a bug in Kanilink. Copy the details and report it; nothing else is affected.',
    detail: error.stack ?? error.message,
    where: {},
  };
}

/**
 * The same of one server: whatever it answered, or Kanilink made of it, the others go on.
 * @param doing `reading it`, for the message.
 */
export function unexpectedOf(server: string, doing: string, cause: unknown): Fault {
  const error = errorOf(cause);
  const where: Place = { server };
  return {
    code: 'unexpected',
    message: `Something went wrong that should not while ${doing}: ${error.message}`,
    fix: `${server} may answer in a way that Kanilink does not know, or Kanilink has a mistake: report it with the details. The other servers are not affected.`,
    detail: error.stack ?? error.message,
    where,
  };
}
