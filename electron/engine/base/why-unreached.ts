import type { Fault } from '../../../shared/base/result';
import { serverUnreachable } from '../../../shared/fleet/rules/reachable';

/** Why nothing is known of a server that was asked: its probe's first fault, or else that it could not be reached. */
export function whyUnreached(server: string, faults: readonly Fault[]): Fault {
  const [fault] = faults;
  if (fault !== undefined) return fault;
  const { code, message, fix, where } = serverUnreachable(server);
  return { code, message, fix, where };
}
