import { type Origin, trusted } from './names';

/** What `parseOrigin` understood. */
export interface OriginParts {
  readonly origin: Origin;
  /** Lower case; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** The host is an IP address: starts, but older versions write no IP into the certificate (`kanidm.md`). */
  readonly isAddress: boolean;
  /** No port was written: Kanidm then means 443 (`kanidm.md`). */
  readonly portMissing: boolean;
}

const form = /^repl:\/\/(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9._-]*[a-z0-9])?)\.?(?::(\d{1,5}))?\/?$/i;

/**
 * Reads a replication origin, `repl://NAME:PORT`. Spellings that mean the same partner (upper case, a closing slash, a
 * missing port) give the same `origin`.
 * @returns null when it is not one: another scheme, a path, a user, a port out of range.
 */
export function parseOrigin(text: string): OriginParts | null {
  const match = form.exec(text.trim());
  if (!match?.[1]) return null;
  const port = match[3] === undefined ? 443 : Number(match[3]);
  if (port < 1 || port > 65535) return null;
  const bracketed = match[1].toLowerCase();
  const host = bracketed.replace(/^\[|\]$/g, '');
  return {
    origin: trusted<Origin>(`repl://${bracketed}:${port}`),
    host,
    port,
    isAddress: bracketed.startsWith('[') || /^\d{1,3}(\.\d{1,3}){3}$/.test(host),
    portMissing: match[3] === undefined,
  };
}

/** True when both spellings name the same partner. Text that is no origin is the same only as itself. */
export function sameOrigin(a: string, b: string): boolean {
  return (parseOrigin(a)?.origin ?? a) === (parseOrigin(b)?.origin ?? b);
}

/** The host of an origin, for a certificate's name check; null when it is not an origin. */
export const originHost = (text: string): string | null => parseOrigin(text)?.host ?? null;
