import type { Fault, Place } from './fault';

export type { Fault, Place };

/**
 * How trouble travels. Expected trouble (a wrong password, a file that does not parse, a server that is down) is a
 * value; an exception is a bug.
 */

/** The outcome of something that can fail in expected ways. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Fault };

/** Wraps a value as success. */
export const ok = <T>(value: T): Result<T> => ({ ok: true, value });

/** Wraps a fault as failure. */
export const fail = (error: Fault): Result<never> => ({ ok: false, error });

/** A place in words: `idm-b: /etc/kanidm/server.toml:12:3`. Empty when nothing is known. */
export function describePlace(where: Place): string {
  const line =
    where.line === undefined ? '' : `:${where.line}${where.column === undefined ? '' : `:${where.column}`}`;
  const file = where.file === undefined ? (line ? `line ${line.slice(1)}` : '') : `${where.file}${line}`;
  return [where.server, where.link, file, where.field]
    .filter((part) => part !== undefined && part !== '')
    .join(': ');
}

/** A fault as lines of text: where and what, what to do, the evidence. */
export function describeFault(fault: Fault): string {
  const place = describePlace(fault.where);
  const lines = [place ? `${place}: ${fault.message}` : fault.message, `  ${fault.fix}`];
  if (fault.detail !== undefined) lines.push(...fault.detail.split('\n').map((line) => `  | ${line}`));
  return lines.join('\n');
}
