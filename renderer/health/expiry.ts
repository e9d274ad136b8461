import type { Tone } from '../live/pull-view';

/** Whole days until an ISO 8601 time; negative when it is past. */
export const daysLeft = (notAfter: string, now: number): number =>
  Math.floor((Date.parse(notAfter) - now) / 86_400_000);

/** Warned of 30 days before (`kanidm.md`, "Rules to check"). */
export function expiryTone(days: number): Tone {
  if (days < 0) return 'bad';
  return days < 30 ? 'warn' : 'good';
}
