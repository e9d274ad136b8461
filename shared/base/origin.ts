import { isIPv4, isIPv6 } from './ip-address';
import { type Origin, trusted } from './names';

/** What `parseOrigin` understood. */
export interface OriginParts {
  readonly origin: Origin;
  /** Lower case; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** The host is an IP address, of either kind. */
  readonly isAddress: boolean;
  /**
   * The kind of IP address; null: a name. An IPv4 address works from 1.7.3 on (`shared/versions/rows.ts`), an IPv6
   * address never: kanidmd does not listen, and does not dial (measured).
   */
  readonly ipVersion: 4 | 6 | null;
  /** No port was written: Kanidm then means 443 (`kanidm.md`, "Replication keys"). */
  readonly portMissing: boolean;
}

const form = /^repl:\/\/(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9._-]*[a-z0-9])?)\.?(?::(\d{1,5}))?\/?$/i;

/**
 * Reads a replication origin, `repl://NAME:PORT`. Spellings that mean the same partner (upper case, a closing slash, a
 * missing port) give the same `origin`.
 * @returns null when it is not one: another scheme, a path, a user, a port out of range, a host that is neither a name
 * nor an address (`10.0.0.256`, `10.1`).
 */
export function parseOrigin(text: string): OriginParts | null {
  const match = form.exec(text.trim());
  if (!match?.[1]) return null;
  const port = match[3] === undefined ? 443 : Number(match[3]);
  if (port < 1 || port > 65535) return null;
  const bracketed = match[1].toLowerCase();
  const host = bracketed.replace(/^\[|\]$/g, '');
  const ipVersion = bracketed.startsWith('[') ? 6 : isIPv4(host) ? 4 : null;
  if (ipVersion === 6 && !isIPv6(host)) return null;
  // No name ends in a number: TLS takes it for an address, which it is not.
  if (ipVersion === null && /(^|\.)\d+$/.test(host)) return null;
  return {
    origin: trusted<Origin>(`repl://${bracketed}:${port}`),
    host,
    port,
    isAddress: ipVersion !== null,
    ipVersion,
    portMissing: match[3] === undefined,
  };
}

/** True when both spellings name the same partner. Text that is no origin is the same only as itself. */
export function sameOrigin(a: string, b: string): boolean {
  return (parseOrigin(a)?.origin ?? a) === (parseOrigin(b)?.origin ?? b);
}

/** The host of an origin, for a certificate's name check; null when it is not an origin. */
export const originHost = (text: string): string | null => parseOrigin(text)?.host ?? null;
