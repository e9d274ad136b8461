import { z } from 'zod';
import { shown, shownOnOneLine } from './shown';

/**
 * How trouble travels. Expected trouble (a wrong password, a file that does not parse, a server that is down) is a
 * value; an exception is a bug.
 */

/** The outcome of something that can fail in expected ways. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Fault };

/** Where something happened. Every part is optional; what is known is filled in. */
export const place = z
  .object({
    /** The fleet's id of the server. */
    server: z.string().exactOptional(),
    /** A file, on the server when `server` is set, else on this machine. */
    file: shownOnOneLine.exactOptional(),
    /** 1-based. */
    line: z.number().exactOptional(),
    /** 1-based, in characters. */
    column: z.number().exactOptional(),
    /** A field or table: `server[2].origin`. */
    field: shownOnOneLine.exactOptional(),
    /** `idm-a → idm-b` for a link, `idm-b ← idm-a` for a pull. */
    link: shownOnOneLine.exactOptional(),
  })
  .readonly();
export type Place = z.output<typeof place>;

/** What went wrong, in words for the person who has to do something about it. */
export const fault = z
  .object({
    /** Stable, kebab-case, for tests and machines: `host-key-changed`. */
    code: z.string(),
    /** One sentence: what happened. */
    message: shown,
    /** One sentence: what to do now. */
    fix: shown,
    /** Evidence, several lines allowed, never a secret: the program's own words, a fingerprint. */
    detail: shown.exactOptional(),
    where: place,
  })
  .readonly();
export type Fault = z.output<typeof fault>;

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
