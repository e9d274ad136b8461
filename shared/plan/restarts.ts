import { assertNever } from '../result';
import type { Step } from './plan';

/** True when a step takes its server down for a moment: nobody can log in on it meanwhile. */
export function restarts(step: Step): boolean {
  switch (step.action) {
    case 'configure':
    case 'restart':
    case 'put-back':
      return true;
    case 'backup':
      return step.stops;
    case 'read-certificate':
    case 'renew-certificate':
    case 'refresh':
    case 'verify':
    case 'compare':
      return false;
    default:
      return assertNever(step);
  }
}
