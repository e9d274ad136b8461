import { describePull } from '../../../shared/fleet/fleet';
import type { Health } from '../../../shared/kanidmd/health';
import type { StatusReport } from '../../../shared/observed';
import { harmless, type Paint } from './paint';
import { indent, table } from './table';

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
    ].map((row) => row.map(harmless)),
    (text, column, row) => {
      if (row === 0) return paint.quiet(text);
      if (column !== 1) return text;
      return text === 'running' ? paint.good(text) : paint.bad(text);
    },
  );
  if (report.pulls.length === 0) return `${servers}\n\nNo pulls: no servers are linked.`;
  const heads = table(
    report.pulls.map((pull) => [
      `${symbol[pull.health]} ${describePull(pull)}`,
      words[pull.health],
      harmless(pull.cause),
    ]),
    (text, column, row) => {
      const health = report.pulls[row]?.health ?? 'unknown';
      return column === 2 ? text : colourOf(health, paint)(text);
    },
  ).split('\n');
  const pulls = report.pulls.flatMap((pull, row) => [
    heads[row] ?? '',
    ...(pull.fix === '' || pull.health === 'replicating' ? [] : [indent(paint.quiet(harmless(pull.fix)), 4)]),
  ]);
  return [servers, '', ...pulls].join('\n');
}

/** Why a server shows no certificate, as far as it is known. */
function withoutCertificate({ fileRead, replication }: StatusReport['servers'][number]): string {
  if (!fileRead) return 'unknown';
  return replication ? '-' : 'no [replication]';
}

/** True when every pull is proved to work. */
export const allReplicate = (report: StatusReport): boolean =>
  report.pulls.every((pull) => pull.health === 'replicating');

const words: Readonly<Record<Health, string>> = {
  replicating: 'replicating',
  waiting: 'waiting',
  'needs-refresh': 'needs a refresh',
  broken: 'broken',
  paused: 'paused',
  unknown: 'unknown',
};

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
