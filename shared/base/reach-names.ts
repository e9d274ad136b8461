/**
 * The grammar of what is dialled: hosts, users, endpoints over SSH. A fleet file may come from anybody, and these texts go
 * into known_hosts lines, command lines to print, prompts and name look-ups: what is not in the grammar is refused, never
 * escaped.
 */

/** An endpoint over SSH, taken apart. */
export interface SshEndpoint {
  readonly user: string | null;
  /** A name, an alias of ~/.ssh/config or an address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number | null;
}

/** DNS's limit for a whole name (RFC 1035, 2.3.4). */
const LONGEST_HOST = 253;
/** Linux allows 32; names of a directory with their domain are longer. */
const LONGEST_USER = 256;

/**
 * A host name, an alias or an IPv4 address: letters, digits, `.`, `_`, `-`. It begins with none of `.` and `-`, for a
 * leading dash is how a host name becomes an option of some program further down.
 */
export const isHostName = (text: string): boolean =>
  text.length <= LONGEST_HOST && /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(text) && !text.includes('..');

/** An IPv6 address without brackets, perhaps with a zone: `fe80::1%eth0` (RFC 4007, 11). */
export function isIpv6(text: string): boolean {
  const [address = '', zone, more] = text.split('%');
  if (more !== undefined || (zone !== undefined && !/^[A-Za-z0-9._-]{1,32}$/.test(zone))) return false;
  if (!/^[0-9A-Fa-f:]{2,39}(?:\.\d{1,3}){0,3}$/.test(address)) return false;
  const parts = address.split(':');
  const gap = address.includes('::');
  if (address.split('::').length > 2 || address.includes(':::') || parts.length < 3) return false;
  // An IPv4 address at the end takes the place of two parts; `::` stands for a run of zeros.
  const count = parts.length + (address.includes('.') ? 1 : 0);
  if (gap ? count > 9 : count !== 8) return false;
  if (/^:(?!:)/.test(address) || /(?<!:):$/.test(address)) return false;
  return parts.every((part) => part === '' || part.includes('.') || part.length <= 4);
}

/** A host that can be dialled: a name by the grammar of `isHostName`, or an IPv6 address without brackets. */
export const isHost = (text: string): boolean => isHostName(text) || isIpv6(text);

/**
 * A user as Linux and OpenSSH take it: `ada`, `ada@corp.example`, `CORP+ada`, `CORP\ada`, `ada.l-2`. It begins with no dash
 * and ends with no backslash (OpenSSH refuses both); blanks, quotes, `$` and what a shell reads are refused.
 */
export const isUser = (text: string): boolean =>
  text.length <= LONGEST_USER && /^[A-Za-z0-9_.][A-Za-z0-9_.@+\\-]*$/.test(text) && !text.endsWith('\\');

/**
 * Reads `ssh://[user@]host[:port]`. The last `@` ends the user, who may have one; `%40` and the like stand for a
 * character (RFC 3986, 2.1), so a zone is `[fe80::1%25eth0]` or, as everybody writes it, `[fe80::1%eth0]`.
 * @returns null: another scheme, a password, a path, a port out of range, what is no host or no user.
 */
export function readSshEndpoint(endpoint: string): SshEndpoint | null {
  if (!endpoint.startsWith(SCHEME) || endpoint.length > LONGEST_HOST + 3 * LONGEST_USER) return null;
  const text = endpoint.slice(SCHEME.length).replace(/\/$/, '');
  const cut = text.lastIndexOf('@');
  const user = cut < 0 ? null : decoded(text.slice(0, cut));
  const place = readHostPort(text.slice(cut + 1));
  if (place === null || (user !== null && !isUser(user))) return null;
  return { user, ...place };
}

const SCHEME = 'ssh://';

/** Reads `host[:port]`, `[IPv6][:port]`; null when it is neither. */
export function readHostPort(text: string): { readonly host: string; readonly port: number | null } | null {
  const match = /^(?:\[([^[\]]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(text);
  if (!match) return null;
  const [, address, name = '', digits] = match;
  const port = digits === undefined ? null : Number(digits);
  if (port !== null && (port < 1 || port > 65535)) return null;
  const host = address === undefined ? name : address.replace('%25', '%');
  return (address === undefined ? isHostName(host) : isIpv6(host)) ? { host, port } : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/**
 * A path of this machine that a fleet file may name. Not `\\host\share` or `//host/share`, in whatever mixture of slashes:
 * to look at one is to log in at that host with the person's name (NTLM), before anybody was asked. Nor a device's name
 * (`\\.\`, `\\?\`), nor control characters.
 */
export const isLocalPath = (text: string): boolean =>
  text !== '' && !/^\s*[\\/]{2}/.test(text) && !/\p{Cc}/u.test(text);
