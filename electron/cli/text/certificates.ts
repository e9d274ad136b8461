import type { CertificatePin, CertificatesReport } from '../../../shared/certificates/certificates-report';
import { escapeControls } from '../../../shared/base/escape-controls';
import type { Paint } from './paint';
import { indent, tableLines } from './table';

/** Days before the end at which a date is marked (`kanidm.md`, "Rules to check"). */
const SOON = 30;

/** One line a server with its certificate's end, and below who pins it. */
export function certificatesText({ servers }: CertificatesReport, paint: Paint): string {
  const rows = [
    ['SERVER', 'UNTIL', 'DAYS', 'FINGERPRINT', 'NAMES'],
    ...servers.map(({ id, certificate, daysLeft }) => [
      id,
      certificate?.notAfter.slice(0, 10) ?? 'none shown',
      daysLeft === null ? '-' : String(daysLeft),
      certificate?.fingerprint ?? '-',
      certificate?.names.join(', ') ?? '-',
    ]),
  ].map((row) => row.map(escapeControls));
  const [head = '', ...lines] = tableLines(rows, (text, column, row) => {
    if (row === 0) return paint.quiet(text);
    const days = servers[row - 1]?.daysLeft ?? null;
    if (days === null || (column !== 1 && column !== 2)) return text;
    return days < 0 ? paint.bad(text) : days < SOON ? paint.warn(text) : text;
  });
  const pins = servers.map(({ pinnedBy }) => pinnedBy.map((pin) => indent(pinText(pin, paint), 4)));
  return [head, ...lines.flatMap((line, row) => [line, ...(pins[row] ?? [])])].join('\n');
}

function pinText({ server, fingerprint, current }: CertificatePin, paint: Paint): string {
  if (current === true) return paint.good(`✓ pinned by ${server}`);
  const what = fingerprint === null ? 'what is no certificate' : escapeControls(fingerprint);
  if (current === null) return paint.warn(`? ${server} pins ${what}; nothing is shown to compare it with`);
  return paint.bad(`✗ ${server} pins another one: ${what}`);
}
