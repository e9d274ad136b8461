import { sha256 } from '@noble/hashes/sha2.js';
import { readCertificate } from '../certificates/read-certificate';
import { certificateText, type CertificateText, type ServerId, type StepId, trusted } from '../base/names';
import { certificateKey } from './server-config';
import { applyEdits, type TextEdit } from '../toml/text-edit';
import { parseToml } from './server-toml';
import { unpadded } from '../base/base64';

/** Whose a certificate is and until when, in words (`idm-b's, until 2030-11-23`); null: not known. */
export type NameOf = (certificate: string) => string | null;

/**
 * A text with everything that is a certificate, or looks like the body of one, replaced by its fingerprint, its expiry
 * and whose it is: values in any spelling of TOML, over several lines too, PEM in comments, and what was cut short on
 * the way. Lines stay lines, so that a diff still counts them as the file does.
 * @param text of a server.toml; one that is no TOML is masked too, by its look alone.
 */
export function maskCertificates(text: string, nameOf: NameOf): string {
  const describe = remembering((found) => description(found, nameOf));
  return maskRuns(maskPem(maskValues(text, describe), describe), describe);
}

/**
 * Stands for the certificate `server` shows once `step` has run. It passes for a certificate text, so that the planner
 * can edit a file with it before the certificate exists; it is never uploaded, for it is no certificate and every pin is
 * filled in before a file is written.
 */
export function placeholderFor(server: ServerId, step: StepId): CertificateText {
  return trusted<CertificateText>(`kanilink_placeholder__${step}__${server}`);
}

/** The server and step a placeholder stands for; null for anything else. */
export function readPlaceholder(text: string): { readonly server: string; readonly step: string } | null {
  const match = /^kanilink_placeholder__(\d+)__([a-z0-9][a-z0-9-]*)$/.exec(text);
  return match?.[1] !== undefined && match[2] !== undefined ? { step: match[1], server: match[2] } : null;
}

/** A word shorter than this is shown as it is: nothing can be told from it, and paths and names are no longer. */
const SHORTEST = 48;
/** From here on nothing but a certificate is written in one run of letters. */
const SURELY = 120;

/** Values whose text is not what stands in the file: over several lines, or with escapes. The parser knows them. */
function maskValues(text: string, describe: (found: string) => string): string {
  if (!/"""|'''|\\/.test(text)) return text;
  const mark = text.startsWith('\uFEFF') ? 1 : 0;
  const file = parseToml(text.slice(mark), false, {});
  if (!file.ok) return text;
  const edits = file.value.pairs.flatMap(({ path, pair }): readonly TextEdit[] => {
    const { value } = pair;
    if (value.type !== 'TOMLValue' || value.kind !== 'string') return [];
    const [start, end] = [value.range[0] + mark, value.range[1] + mark];
    const written = text.slice(start, end);
    const pinned = Object.values(certificateKey).includes(String(path.at(-1)));
    if (!/["']{3}|\\/.test(written)) return [];
    const compact = value.value.replace(/\s+/g, '');
    if (!(pinned && compact.length >= SHORTEST) && !looksLikeBody(compact)) return [];
    const body = pem(value.value)?.body ?? compact;
    const rest = written.split('\n').length - 1;
    const ending = written.includes('\r\n') ? '\r\n' : '\n';
    return [{ start, end, text: `"${describe(body)}"${`${ending}…`.repeat(rest)}` }];
  });
  return applyEdits(text, edits);
}

/** PEM, most likely in a comment: the fingerprint in its first line of letters, nothing in the others. */
function maskPem(text: string, describe: (found: string) => string): string {
  return text.replace(/-----BEGIN [A-Z0-9 ]+-----[^]*?-----END [A-Z0-9 ]+-----/g, (block) => {
    const [first = '', ...lines] = block.split('\n');
    const last = lines.pop();
    if (last === undefined) return describe(pem(block)?.body ?? block);
    const body = pem(block)?.body ?? block;
    return [
      first,
      ...lines.map((line, index) => line.replace(/[A-Za-z0-9+/=_-]{4,}/, index === 0 ? describe(body) : '…')),
      last,
    ].join('\n');
  });
}

function pem(text: string): { readonly body: string } | null {
  const inner = /-----BEGIN [A-Z0-9 ]+-----([^]*?)-----END [A-Z0-9 ]+-----/.exec(text)?.[1];
  if (inner === undefined) return null;
  return {
    body: inner
      .replace(/[^A-Za-z0-9+/=_-]/g, '')
      .replaceAll('+', '-')
      .replaceAll('/', '_'),
  };
}

const runs = new RegExp(`kanilink_placeholder__\\d+__[a-z0-9-]+|[A-Za-z0-9+/_-]{${SHORTEST},}={0,2}`, 'g');

function maskRuns(text: string, describe: (found: string) => string): string {
  return text.replace(runs, (found) =>
    readPlaceholder(found) !== null || looksLikeBody(found) ? describe(found) : found,
  );
}

/** Base64 of some length: more than half of it is capitals and digits. Paths, names and hex are not like that. */
function looksLikeBody(text: string): boolean {
  if (text.length < SHORTEST || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return false;
  if (text.length >= SURELY && !text.includes('/')) return true;
  const rare = text.replace(/[^A-Z0-9]/g, '').length;
  return rare >= text.length * 0.3 && /[A-Z]/.test(text) && /[a-z]/.test(text) && /\d/.test(text);
}

function description(found: string, nameOf: NameOf): string {
  const later = readPlaceholder(found);
  if (later) return `certificate of ${later.server}, known after step ${later.step}`;
  const certificate = certificateText(found) === null ? null : readCertificate(found, {});
  if (!certificate?.ok)
    return `${fingerprintOf(found)} (not a certificate, ${unpadded(found).length} characters)`;
  const { names, notAfter, fingerprint } = certificate.value;
  const inIt = names.length === 0 ? 'for no name' : `for ${names.join(', ')}`;
  const known = nameOf(found) ?? nameOf(found.replace(/={1,2}$/, ''));
  return `${fingerprint} (${known ?? `${inIt}, until ${notAfter.slice(0, 10)}`})`;
}

/** Of the text itself: two that differ must not look the same. */
function fingerprintOf(text: string): string {
  const bytes = sha256(new TextEncoder().encode(text));
  return `SHA256:${unpadded(btoa(String.fromCharCode(...bytes)))}`;
}

function remembering(describe: (found: string) => string): (found: string) => string {
  const known = new Map<string, string>();
  return (found) => {
    const described = known.get(found) ?? describe(found);
    known.set(found, described);
    return described;
  };
}
