import { structuredPatch } from 'diff';
import { readCertificate } from '../kanidmd/read-certificate';
import { certificateText, type CertificateText, type ServerId, type StepId, trusted } from '../names';

/**
 * A unified diff of a server.toml for people: every certificate is masked to `SHA256:… (idm-b's, until 2030-11-23)`, a
 * placeholder to `certificate of idm-b, known after step 2`. Certificates are public, but nobody can compare them.
 * @param nameOf whose certificate it is and until when, in words (`idm-b's, until 2030-11-23`); null: not known.
 * @returns the empty text when nothing changes.
 */
export function maskedDiff(
  path: string,
  before: string,
  after: string,
  nameOf: (certificate: string) => string | null,
): string {
  if (before === after) return '';
  const { hunks } = structuredPatch(path, path, mask(before, nameOf), mask(after, nameOf), '', '', {
    context: 3,
  });
  const lines = hunks.flatMap((hunk) => [
    `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`,
    ...hunk.lines.map((line) => line.replace(/\r$/, '')),
  ]);
  return [`--- ${path}`, `+++ ${path}`, ...lines, ''].join('\n');
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

/** A placeholder, or base64url long enough that nobody reads it: a certificate has some 600 characters. */
const maskable = /kanilink_placeholder__\d+__[a-z0-9-]+|[A-Za-z0-9_-]{120,}={0,2}/g;

function mask(text: string, nameOf: (certificate: string) => string | null): string {
  return text.replace(maskable, (found) => {
    const later = readPlaceholder(found);
    if (later) return `certificate of ${later.server}, known after step ${later.step}`;
    const certificate = certificateText(found) === null ? null : readCertificate(found, {});
    if (!certificate?.ok) return `${found.slice(0, 12)}… (${found.length} characters, not a certificate)`;
    const name = nameOf(found) ?? `until ${certificate.value.notAfter.slice(0, 10)}`;
    return `${certificate.value.fingerprint} (${name})`;
  });
}

/** GNU's form: a start, and a length unless it is one. */
const range = (start: number, length: number): string =>
  length === 1 ? String(start) : `${start},${length}`;
