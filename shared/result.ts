/**
 * How trouble travels. Expected trouble (a wrong password, a file that does not parse, a server that is down) is a
 * value; an exception is a bug.
 */

/** The outcome of something that can fail in expected ways. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Fault };

/** What went wrong, in words for the person who has to do something about it. */
export interface Fault {
  /** Stable, kebab-case, for tests and machines: `host-key-changed`. */
  readonly code: string;
  /** One sentence: what happened. */
  readonly message: string;
  /** One sentence: what to do now. */
  readonly fix: string;
  /** Evidence, several lines allowed, never a secret: the program's own words, a fingerprint. */
  readonly detail?: string;
  readonly where: Place;
}

/** Where something happened. Every part is optional; what is known is filled in. */
export interface Place {
  /** The fleet's id of the server. */
  readonly server?: string;
  /** A file, on the server when `server` is set, else on this machine. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based, in characters. */
  readonly column?: number;
  /** A field or table: `server[2].origin`. */
  readonly field?: string;
  /** `idm-a → idm-b` for a link, `idm-b ← idm-a` for a pull. */
  readonly link?: string;
}

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

/** For `switch`es that must name every case: reaching it is a type error. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
