import { isIPv4, isIPv6 } from '../base/ip-address';

/** Addresses as kanidmd's own parser takes them: numbers only, no names. */

export interface SocketAddress {
  readonly host: string;
  readonly port: number;
}

const form = /^(?:(\d{1,3}(?:\.\d{1,3}){3})|\[([0-9a-f:.]+)(?:%(\d{1,10}))?\]):0{0,50}(\d{1,5})$/i;

/**
 * `0.0.0.0:8444` or `[::]:8444`; an IPv6 address may name an interface by its number, `[fe80::1%2]:8444`.
 * A port may begin with zeros (measured on 1.11.1).
 * @returns null for a name, which kanidmd refuses here (measured), for `eth0` as an interface, and all else.
 */
export function readSocketAddress(text: string): SocketAddress | null {
  const [, four, six, scope = '0', digits] = form.exec(text) ?? [];
  const [host, port] = [four ?? six, Number(digits)];
  if (host === undefined || !(port <= 65535) || Number(scope) > 0xffffffff) return null;
  if (four !== undefined && !isIPv4(four)) return null;
  if (six !== undefined && !isIPv6(six)) return null;
  return { host: host.toLowerCase(), port };
}

/** True when both cannot be bound at once: one port, and one address or any. */
export function collides(own: SocketAddress, text: string): boolean {
  const other = readSocketAddress(text);
  if (other === null || other.port !== own.port) return false;
  return own.host === other.host || isEveryAddress(own.host) || isEveryAddress(other.host);
}

/**
 * Whether the text is an address, or a network whose bits beyond its length are 0: `192.0.2.0/24`.
 * @param lengths false: only addresses.
 */
export function isNetwork(text: string, lengths: boolean): boolean {
  const [address = '', length, ...more] = text.split('/');
  const bits = isIPv4(address) ? bitsOfIPv4(address) : isIPv6(address) ? bitsOfIPv6(address) : null;
  if (bits === null || more.length > 0) return false;
  if (length === undefined) return true;
  if (!lengths || !/^\d{1,3}$/.test(length) || Number(length) > bits.length) return false;
  return !bits.slice(Number(length)).includes('1');
}

const bitsOfIPv4 = (text: string): string =>
  text
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');

function bitsOfIPv6(text: string): string {
  // The platform writes it in groups of hexadecimal digits, with one :: at most.
  const [front = '', back] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [head, tail] = [groups(front), groups(back ?? '')];
  const middle = Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0');
  return [...head, ...middle, ...tail]
    .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0'))
    .join('');
}

/** A listener at it takes connections to every address of its machine. */
export const isEveryAddress = (host: string): boolean => host === '0.0.0.0' || host === '::';
