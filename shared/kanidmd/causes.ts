import type { Trouble } from './health';

/**
 * What kanidmd's lines of trouble mean: the table "Health: what the log proves" of `kanidm.md`, as data. The most
 * specific cause comes first; a span with several takes the first that matches.
 */
interface Cause {
  readonly code: string;
  readonly says: RegExp;
  readonly health: Trouble['health'];
  readonly cause: string;
  readonly fix: string;
  /** Printed by a supplier about clients it refused, or by a listener: no round of its own shows it. */
  readonly listener?: true;
}

const causes: readonly Cause[] = [
  {
    code: 'domain-level-differs',
    says: /domain level is (lower|greater)|patch level is not equal|incoming domain level is greater than our maximum/i,
    health: 'paused',
    cause: 'The two servers run different versions: replication waits until all are upgraded.',
    fix: 'Finish the upgrade of every server; do not refresh.',
  },
  {
    code: 'versions-mixed',
    says: /development version|stable version/,
    health: 'paused',
    cause: 'A development build and a stable build do not replicate with each other.',
    fix: 'Run the same build on both.',
  },
  {
    code: 'needs-refresh',
    says: /domain_uuid's are not equivalent|must be refreshed|Consumer Domain UUID does not match our local domain uuid/,
    health: 'needs-refresh',
    cause:
      'The consumer holds another database: it was not refreshed yet, or was offline for more than seven days.',
    fix: 'Deploy: the plan refreshes it from its source once you name it.',
  },
  {
    code: 'domain-swapped',
    says: /incoming domain uuid does not match/i,
    health: 'broken',
    cause: 'A database was swapped for another one while replication ran.',
    fix: 'Find out who changed the database before refreshing anything.',
  },
  {
    code: 'clocks-differ',
    says: /further than 600 seconds in the future/,
    health: 'broken',
    cause: 'The servers’ clocks differ by more than ten minutes.',
    fix: 'Mend time synchronisation (NTP) on both.',
  },
  {
    code: 'database-rolled-back',
    says: /changes matching this server's UUID|failed preflight checks/i,
    health: 'broken',
    cause: 'A database was put back from an old backup.',
    fix: 'Choose whose data wins, then refresh the other, by name.',
  },
  {
    code: 'split-brain',
    says: /desynchronised and diverged|advanced of us, and also lagging/i,
    health: 'broken',
    cause: 'Both sides changed apart from each other for too long.',
    fix: 'Choose whose data wins, then refresh the other, by name.',
  },
  {
    code: 'lagging',
    says: /our RUV is outdated|our RUV is ahead|(Consumer|Supplier) is lagging|Replication Critical/i,
    health: 'broken',
    cause: 'One side is too far behind to catch up: stale, or restored from a backup.',
    fix: 'Compare what both hold, then refresh the stale one, by name.',
  },
  {
    code: 'too-large',
    says: /requested decode frame too large/,
    health: 'broken',
    cause: 'The database is larger than a refresh can carry (256 MiB).',
    fix: 'Restore a backup of the supplier on the consumer instead.',
  },
  {
    code: 'apply-failed',
    says: /RUV ranges were not rebuilt correctly|not able to apply/i,
    health: 'broken',
    cause: 'The consumer could not apply what it was sent and rolled it back.',
    fix: 'Read the lines of this round; the data is as it was.',
  },
  {
    code: 'certificate-renewed',
    says: /InvalidCertificate\(BadSignature\)|AlertReceived\(DecryptError\)/,
    health: 'broken',
    cause: 'A certificate was renewed, and the other side still pins the old one.',
    fix: 'Deploy: the plan pins the new certificate and restarts whoever pins the old one.',
  },
  {
    code: 'partner-unknown',
    says: /AlertReceived\(UnknownCA\)/,
    health: 'broken',
    cause: 'The supplier does not know this consumer.',
    fix: 'Deploy: the plan adds the consumer on the supplier and restarts it.',
  },
  {
    code: 'wrong-certificate',
    says: /InvalidCertificate\(UnknownIssuer\)/,
    health: 'broken',
    cause: 'The certificate shown is another server’s than the one that is pinned.',
    fix: 'Deploy: the plan pins the certificate the partner shows now.',
  },
  {
    code: 'wrong-name',
    says: /NotValidForName/,
    health: 'broken',
    cause: 'The supplier is dialled by another name than the one in its certificate.',
    fix: 'Use the supplier’s origin, or renew its certificate after changing its origin.',
  },
  {
    code: 'wrong-port',
    says: /CaUsedAsEndEntity/,
    health: 'broken',
    cause: 'The HTTPS port was dialled, not the replication port.',
    fix: 'Put the replication port into the origin.',
  },
  {
    code: 'no-partners',
    says: /No replication client certs are available|Ignoring connection from/,
    health: 'broken',
    cause: 'The supplier has no partner configured, so it lets nobody in.',
    fix: 'Deploy the links to it.',
    listener: true,
  },
  {
    code: 'name-not-found',
    says: /Unable to resolve '|No replication addresses available/,
    health: 'broken',
    cause: 'The supplier’s name cannot be resolved.',
    fix: 'Mend DNS or the origin; below 1.4.2 restart the consumer afterwards.',
  },
  {
    code: 'slow-answer',
    says: /consumer response timeout|timed out waiting for replication/i,
    health: 'unknown',
    cause: 'An answer took longer than its limit: a big database or a slow connection.',
    fix: 'Wait for the next round; look at the connection if it stays so.',
  },
  {
    code: 'refresh-lost',
    says: /refresh task was lost/,
    health: 'unknown',
    cause: 'No supplier answered the refresh; it may still happen.',
    fix: 'Restart the consumer to drop the request, then judge by its log.',
  },
  {
    code: 'no-supplier',
    says: /tasks are unable to be notified/,
    health: 'broken',
    cause: 'This server has no table to pull from.',
    fix: 'Refresh the consumer instead, or add a link.',
  },
  {
    code: 'bind-failed',
    says: /Could not bind to replication address|AddrInUse/,
    health: 'broken',
    cause: 'The replication port is taken by another program.',
    fix: 'Change bindaddress, or end the other program.',
    listener: true,
  },
  {
    code: 'task-not-started',
    says: /Replica supplier cert invalid|not repl:\/\/|valid domain name/i,
    health: 'broken',
    cause: 'A partner table is wrong, so its rounds never start.',
    fix: 'Deploy: the plan writes the table anew.',
    listener: true,
  },
  {
    code: 'certificate-unreadable-by-server',
    says: /CRITICAL: Unable to access supplier certificate/,
    health: 'broken',
    cause: 'The server cannot read its own certificate; its listener is down and tries again each minute.',
    fix: 'Look at its database and disk.',
    listener: true,
  },
  {
    code: 'supplier-unreachable',
    says: /Unable to connect to supplier/,
    health: 'broken',
    cause: 'Nothing answers where the supplier should listen.',
    fix: 'See that it runs, and check its bindaddress, firewall and published ports. A renewal closes the port for about a minute.',
  },
  {
    code: 'connection-broken',
    says: /Consumer (decode|encode) error|Replication (client )?TLS setup error|Unable to cleanly shutdown TLS/,
    health: 'broken',
    cause: 'The connection between the two ended in the middle of a round.',
    fix: 'Wait for the next round; read both logs if it stays so.',
  },
  {
    code: 'server-trouble',
    says: /CRITICAL|\bKP\d{4}/,
    health: 'broken',
    cause: 'The server reports trouble of its own.',
    fix: 'Read the line and Kanidm’s documentation for it.',
    listener: true,
  },
];

/** The trouble a line tells of; null when it tells of none. */
export function troubleOf(message: string): Trouble | null {
  return mostSpecific([message]);
}

/** The most specific trouble among a span's lines; null when none of them is one. */
export function mostSpecific(messages: readonly string[]): Trouble | null {
  for (const { code, says, health, cause, fix } of causes) {
    const evidence = messages.find((message) => says.test(message));
    if (evidence !== undefined) return { code, health, cause, fix, evidence: evidence.slice(0, 500) };
  }
  return null;
}

/** True for trouble of a server's listener: it concerns everyone who pulls from it. */
export const isListenerTrouble = (code: string): boolean =>
  causes.some((cause) => cause.code === code && cause.listener === true);
