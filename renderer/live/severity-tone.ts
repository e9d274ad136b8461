import type { Severity } from '../../shared/base/problem';
import type { Tone } from './pull-view';

/** How grave a problem is, as it is drawn. */
export const severityTone: Readonly<Record<Severity, Tone>> = {
  error: 'bad',
  warning: 'warn',
  info: 'quiet',
};
