import dns from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { readNames } from './knobs';

/** Finds the addresses of a partner's name. An empty list means that it does not resolve. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/**
 * Practice names are `localhost` and everything under it, which are always this machine. Other names go to the
 * system's resolver.
 * @param names fixed answers, null for "does not resolve".
 * @param file a file with such answers as JSON, read at each look-up and winning over `names`.
 */
export function makeResolve(names: ReadonlyMap<string, string | null>, file: string | undefined): Resolve {
  return async (name) => {
    const host = name.toLowerCase().replace(/^\[(.*)\]$/, '$1');
    const told = file === undefined ? undefined : fromFile(file, host);
    const known = told === undefined ? names.get(host) : told;
    if (known === null) return [];
    if (known !== undefined) return [known];
    if (net.isIP(host)) return [host];
    if (host === 'localhost' || host.endsWith('.localhost')) return ['127.0.0.1'];
    try {
      return (await dns.lookup(host, { all: true })).map((found) => found.address);
    } catch {
      return [];
    }
  };
}

function fromFile(file: string, host: string): string | null | undefined {
  try {
    const names = readNames(readFileSync(file, 'utf8'));
    return typeof names === 'string' ? undefined : names.get(host);
  } catch {
    return undefined;
  }
}
