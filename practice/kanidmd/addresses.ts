import net from 'node:net';

export interface Address {
  host: string;
  port: number;
}

/** Reads `127.0.0.1:8444` or `[::1]:8444`. */
export function parseAddress(text: string): Address | undefined {
  const found = /^(?:\[([^\]]+)\]|([^:]*)):(\d+)$/.exec(text.trim());
  const host = found?.[1] ?? found?.[2];
  return host === undefined || !found?.[3] ? undefined : { host, port: Number(found[3]) };
}

/** As the log prints addresses: IPv6 in brackets. */
export function printAddress(address: Address): string {
  return net.isIPv6(address.host) ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** Host and port of a partner's origin; no port means 443 (`kanidm.md`, "Replication keys"). */
export function originAddress(origin: string): Address | undefined {
  if (!/^repl:\/\//i.test(origin)) return undefined;
  const url = new URL(origin.replace(/^repl:/i, 'http:'));
  const port = /:\d+$/.test(origin.replace(/\/+$/, '')) ? Number(url.port === '' ? '80' : url.port) : 443;
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port };
}
