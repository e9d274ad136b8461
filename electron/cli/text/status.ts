import { describePull } from '../../../shared/fleet/model/fleet';
import type { Health } from '../../../shared/kanidmd/health';
import { healthWords } from '../../../shared/kanidmd/health-words';
import type { StatusReport } from '../../../shared/observed/status';
import { escapeControls } from '../../../shared/base/escape-controls';
import { joinNames } from '../../../shared/base/join-names';
import type { Paint } from './paint';
import { table, tableLines, withFixes } from './table';

/** Servers and pulls as two tables; a pull that is not well says why and what to do. */
export function statusText(report: StatusReport, paint: Paint): string {
  const servers = table(
    [
      ['SERVER', 'STATE', 'VERSION', 'DOMAIN', 'CERTIFICATE UNTIL'],
      ...report.servers.map((server) => [
        server.id,
        server.state,
        server.version ?? '-',
        server.domain === null ? '-' : `${server.domain} (${server.domainUuid?.slice(0, 8) ?? '?'})`,
        server.certificate?.notAfter.slice(0, 10) ?? withoutCertificate(server),
      ]),
    ].map((row) => row.map(escapeControls)),
    (text, column, row) => {
      if (row === 0) return paint.quiet(text);
      if (column !== 1) return text;
      return text === 'running' ? paint.good(text) : paint.bad(text);
    },
  );
  const undrawn =
    report.undrawn.length === 0
      ? []
      : ['', 'Running, and not in the fleet file:', ...pullLines(report.undrawn, paint)];
  const drawn = report.pulls.length === 0 ? [noPulls(report)] : pullLines(report.pulls, paint);
  return [servers, '', ...drawn, ...undrawn].join('\n');
}

function pullLines(pulls: StatusReport['pulls'], paint: Paint): readonly string[] {
  const heads = tableLines(
    pulls.map((pull) => [
      `${symbol[pull.health]} ${describePull(pull)}`,
      healthWords[pull.health],
      pull.cause,
    ]),
    (text, column, row) => {
      const health = pulls[row]?.health ?? 'unknown';
      return column === 2 ? text : colourOf(health, paint)(text);
    },
  );
  return withFixes(
    heads,
    pulls.map(({ health, fix }) => (health === 'replicating' ? '' : fix)),
    paint,
  );
}

/** That nothing is linked is known of servers that were read. */
function noPulls({ servers, undrawn }: StatusReport): string {
  const unread = servers.filter(({ fileRead }) => !fileRead).map(({ id }) => id);
  if (undrawn.length > 0) return 'No pulls in the fleet file.';
  return unread.length === 0
    ? 'No pulls: no servers are linked.'
    : `No pulls in the fleet file. Whether any run is not known: ${joinNames(unread)} could not be read.`;
}

/** Why a server shows no certificate, as far as it is known. */
function withoutCertificate({ fileRead, replication }: StatusReport['servers'][number]): string {
  if (!fileRead) return 'unknown';
  return replication ? '-' : 'no [replication]';
}

/** True when every pull is proved to work. */
export const allReplicate = (report: StatusReport): boolean =>
  report.pulls.every((pull) => pull.health === 'replicating');

/** Never colour alone. */
const symbol: Readonly<Record<Health, string>> = {
  replicating: '✓',
  waiting: '…',
  'needs-refresh': '!',
  broken: '✗',
  paused: '=',
  unknown: '?',
};

const colourOf = (health: Health, paint: Paint): ((text: string) => string) =>
  ({
    replicating: paint.good,
    waiting: paint.quiet,
    'needs-refresh': paint.warn,
    broken: paint.bad,
    paused: paint.warn,
    unknown: paint.quiet,
  })[health];
