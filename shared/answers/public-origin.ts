import { shownOnOneLine } from '../base/shown';
import { joinNames } from '../base/join-names';
import { isHost } from '../base/reach-names';
import { fail, ok, type Result } from '../base/result';
import { runsWith } from '../observed/observed-config';
import type { ObservedServer } from '../observed/observed';

/** The address that people and programs use for a Kanidm: `origin` at the top of server.toml. */
export interface PublicOrigin {
  /** `https://idm.example.com`, or with a port that is not 443. */
  readonly text: string;
  /** Lower case; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** Its host and port as HTTP names them: `idm.example.com`, `[2001:db8::7]:8443`. */
  readonly authority: string;
}

/** How one is written, for who types it. */
export const ORIGIN_FORM = 'https://NAME or https://NAME:PORT';

/** Characters; a host name has 253 at most. */
export const LONGEST_ORIGIN = 300;

/**
 * Reads a public origin. Of a URL with a path, as server.toml may have it, the path is left out.
 * @returns null when it is no https URL, has a user or a password, or a host that is neither a name nor an address.
 */
export function readPublicOrigin(text: string): PublicOrigin | null {
  const written = text.trim();
  if (written.length > LONGEST_ORIGIN || !URL.canParse(written)) return null;
  const { protocol, hostname, port, username, password } = new URL(written);
  if (protocol !== 'https:' || username !== '' || password !== '') return null;
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (!isHost(host)) return null;
  const number = port === '' ? 443 : Number(port);
  if (number === 0) return null;
  const named = host.includes(':') ? `[${host}]` : host;
  const authority = number === 443 ? named : `${named}:${number}`;
  return { text: `https://${authority}`, host, port: number, authority };
}

/** The public origin a server runs with; null: it is not known, or not one. */
export function publicOriginOf(observed: ObservedServer): PublicOrigin | null {
  const text = runsWith(observed)?.origin ?? null;
  return text === null ? null : readPublicOrigin(text);
}

/** The public origins that the servers of a fleet run with, each once. */
const publicOrigins = (observed: readonly ObservedServer[]): readonly PublicOrigin[] => {
  const origins = observed.flatMap((it) => publicOriginOf(it) ?? []);
  return [...new Map(origins.map((it) => [it.text, it])).values()];
};

/**
 * The one origin to ask: the one that was named, else the one that all servers run with.
 * @returns fault `origin-invalid`, `origin-unknown` or `origins-differ`.
 */
export function originToAsk(named: string | null, observed: readonly ObservedServer[]): Result<PublicOrigin> {
  if (named !== null) {
    const read = readPublicOrigin(named);
    return read === null ? fail(invalid(named)) : ok(read);
  }
  const known = publicOrigins(observed);
  const [first, ...others] = known;
  if (first === undefined)
    return fail({
      code: 'origin-unknown',
      message: 'No server says which public origin it has.',
      fix: 'Name it, or let Kanilink read a server.toml: origin = "https://…".',
      where: {},
    });
  if (others.length > 0)
    return fail({
      code: 'origins-differ',
      message: `The servers have different public origins: ${joinNames(known.map(({ text }) => text))}.`,
      fix: 'Name the one to ask.',
      where: {},
    });
  return ok(first);
}

const invalid = (text: string) => ({
  code: 'origin-invalid',
  message: `${shownOnOneLine.parse(text.slice(0, LONGEST_ORIGIN))} is no public origin.`,
  fix: `Write it as ${ORIGIN_FORM}.`,
  where: {},
});
