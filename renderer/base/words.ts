/** Times and counts in words, the same everywhere in the window. */

/** `4 s ago`, `3 min ago`, `2 h ago`, `5 days ago`; clocks that differ a little read as `just now`. */
export function ago(at: number, now: number): string {
  return now - at < 1000 ? 'just now' : `${span(now - at)} ago`;
}

/** A length of time in its largest unit: `4 s`, `3 min`, `2 h`, `5 days`. Milliseconds in. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** A stopwatch's reading: `0:07`, `12:40`. Milliseconds in. */
export function stopwatch(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** The text with a capital first letter, unless it begins with a name that is written as it is: `idm-a`, `kanidmd`, `ssh://idm-a`. */
export function sentence(text: string, name: string | null = null): string {
  const first = /^([a-z]+)(?=\s|[:,](?:\s|$))/.exec(text)?.[1];
  return first === undefined || first === name || first === 'kanidmd'
    ? text
    : first.charAt(0).toUpperCase() + text.slice(1);
}

export { count } from '../../shared/base/sentences';

/** `idm-a`, `idm-a and idm-b`, `idm-a, idm-b and idm-c`. */
export function list(names: readonly string[]): string {
  const last = names.at(-1);
  if (last === undefined) return '';
  return names.length === 1 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** `Nov 2030` of an ISO 8601 time; the text itself when it is not one. */
export function month(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric' }).format(date);
}

/** `23 Nov 2026, 15:27`, local, of an ISO 8601 time or milliseconds since the epoch; the text itself when it is no time. */
export function moment(time: string | number): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return String(time);
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' }).format(date);
}

/** `15:27:31.204`, local, of microseconds since the epoch. */
export function timeOfDay(micros: number): string {
  const date = new Date(micros / 1000);
  const two = (n: number): string => String(n).padStart(2, '0');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** The last part of a path of this machine. */
export const fileName = (path: string): string => path.split(/[/\\]/).at(-1) ?? path;
