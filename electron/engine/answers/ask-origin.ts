import { opId } from '../../../shared/answers/answers';
import type { PublicOrigin } from '../../../shared/answers/public-origin';
import { shownOnOneLine } from '../../../shared/base/shown';
import { fail, ok, type Result } from '../../../shared/base/result';
import type { ReportedCertificate } from '../../../shared/certificates/certificate';
import type { Call } from '../base/call';
import { type Answered, secure, type Secured, shownCertificate } from '../serves/https';
import { pathOf } from './asked-key';
import { dialOrigin, shownAddress } from './reach-origin';

/** Characters of a redirect's target that are shown. */
const LONGEST_TARGET = 300;

/** One answer, as it came. */
export interface OriginAnswer {
  readonly code: number;
  /** Null: it has none, or what it has is not an id. */
  readonly opId: string | null;
  /** Where it sends on to; null: nowhere. */
  readonly redirect: string | null;
}

/** The certificate that was shown before. */
export interface MetCertificate extends ReportedCertificate {
  /** SHA-256, hex. */
  readonly sha256: string;
  /** What its name or time has against it; null: nothing. */
  readonly refused: string | null;
  /** Why Node's list of authorities does not trust who issued it; null: it does. */
  readonly untrusted: string | null;
}

/** A request that was made, as far as it came. */
export interface AskedOrigin {
  readonly certificate: MetCertificate | null;
  readonly answer: Result<OriginAnswer>;
}

/**
 * Asks a public origin once, over a connection of its own. Nothing that is sent is a secret, so it is sent to whoever shows
 * whatever certificate; that is told beside the answer.
 * @param key of `newKey`.
 * @param now milliseconds since the epoch: when a certificate has to be valid.
 */
export async function askOrigin(
  origin: PublicOrigin,
  address: string,
  key: string,
  now: number,
  call: Call,
): Promise<AskedOrigin> {
  const stream = await dialOrigin(address, origin.port, call);
  if (!stream.ok) return { certificate: null, answer: stream };
  const secured = await secure(stream.value, origin.host, '', now, call);
  if (!secured.ok) return { certificate: null, answer: atOrigin(secured, address, origin) };
  try {
    const { sha256, refused, untrusted } = secured.value;
    const shown = shownCertificate(secured.value, {});
    const certificate = shown.ok ? { ...shown.value, sha256, refused, untrusted } : null;
    const answer = await askFor(secured.value, origin, key, call);
    return { certificate, answer: atOrigin(answer, address, origin) };
  } finally {
    secured.value.close();
  }
}

/** Asks over a connection that is there, by the name and port of the origin. */
export async function askFor(
  secured: Secured,
  origin: PublicOrigin,
  key: string,
  call: Call,
): Promise<Result<OriginAnswer>> {
  const headers = { host: origin.authority, 'user-agent': 'kanilink', 'cache-control': 'no-cache' };
  const answer = await secured.ask({ method: 'GET', path: pathOf(key), headers }, call);
  return answer.ok ? ok(readAnswer(answer.value)) : answer;
}

function readAnswer({ code, headers }: Answered): OriginAnswer {
  const id = opId.safeParse(headers['x-kanidm-opid']);
  const leads = code >= 300 && code < 400 ? headers.location : undefined;
  return {
    code,
    opId: id.success ? id.data : null,
    redirect: leads === undefined ? null : shownOnOneLine.parse(leads.slice(0, LONGEST_TARGET)),
  };
}

/** It is no server of the fleet that failed. */
const atOrigin = <T>(result: Result<T>, address: string, { port }: PublicOrigin): Result<T> =>
  result.ok || result.error.code === 'cancelled'
    ? result
    : fail({
        ...result.error,
        fix: `Look at what answers at ${shownAddress(address, port)}.`,
        where: {},
      });
