import { always, type Cause } from './cause';
import { consumerTls } from './tls';

/**
 * What a consumer says in a round, or of a partner whose rounds never start; the most specific cause first. "Consumer" is
 * the server whose log it is, "supplier" the partner it pulls from.
 */
export const consumerCauses: readonly Cause[] = [
  {
    code: 'domain-level-differs',
    phrases: [
      always(/incoming domain level is (lower|greater)/),
      { says: /domain patch level is not equal/, since: 'patch-levels' },
    ],
    health: 'paused',
    cause: 'The two servers run different versions: replication waits until all are upgraded.',
    fix: 'Finish the upgrade of every server; do not refresh.',
  },
  {
    code: 'versions-mixed',
    phrases: [{ says: /from a (development|stable) version while this server/, since: 'patch-levels' }],
    health: 'paused',
    cause: 'A development build and a stable build do not replicate with each other.',
    fix: 'Run the same build on both.',
  },
  {
    code: 'domain-swapped',
    phrases: [always(/incoming domain uuid does not match/)],
    health: 'broken',
    cause: 'A database was swapped for another one while replication ran.',
    fix: 'Find out who changed the database before refreshing anything.',
  },
  {
    code: 'clocks-differ',
    phrases: [always(/further than \d+ seconds in the future/)],
    health: 'broken',
    cause: 'The servers’ clocks differ by more than ten minutes.',
    fix: 'Fix time synchronisation (NTP) on both.',
  },
  {
    code: 'database-rolled-back',
    phrases: [always(/changes matching this server's UUID/), always(/RUV failed preflight checks/)],
    health: 'broken',
    cause: 'A database was put back from an old backup.',
    fix: 'Compare what both hold and choose whose data wins. Then refresh the other, by name.',
  },
  {
    code: 'lagging',
    phrases: [always(/our RUV is ahead/), always(/This supplier's content must be refreshed/)],
    health: 'broken',
    cause:
      'The supplier is behind this consumer, which holds newer data: the supplier was put back from a backup or was away too long, or both changed apart.',
    fix: 'Do not refresh this consumer. Compare what both hold; if its data is to stay, refresh the supplier, by name.',
  },
  {
    code: 'too-large',
    phrases: [always(/requested decode frame too large/)],
    health: 'broken',
    cause: 'The database is larger than replication can carry in one answer (256 MiB).',
    fix: 'Restore a backup of the supplier on the consumer instead.',
  },
  {
    code: 'ruv-damaged',
    phrases: [
      always(/RUV is corrupted/),
      always(/RUV ranges were not rebuilt correctly/),
      always(/Unable to update RUV with supplier ranges/),
      always(/ruv range could not be accessed/),
      always(/is NOT consistent!/),
    ],
    health: 'broken',
    cause: 'The consumer’s record of changes (RUV) is damaged, so it applied nothing.',
    fix: 'Run kanidmd database verify on it. If that finds trouble, restore its backup or refresh it, by name.',
  },
  {
    code: 'refresh-failed',
    phrases: [
      always(/not able to apply refresh/i),
      always(
        /Failed to (clear existing server database|reset domain uuid|reset in memory schema|refresh \w+ entries|refresh main db)/,
      ),
      always(/Schema Violation in refresh validate/),
    ],
    health: 'broken',
    cause: 'A refresh failed while the consumer applied it. Its database is as it was.',
    fix: 'Make sure that both run one version, then read the lines of this refresh.',
  },
  {
    code: 'apply-failed',
    phrases: [
      always(/not able to apply changes/i),
      always(/Failed to (apply incremental|reload|convert entries)/),
    ],
    health: 'broken',
    cause: 'The consumer could not apply what it was sent. Its database is as it was.',
    fix: 'Make sure that both run one version. If it persists, refresh the consumer from the supplier, by name.',
  },
  {
    code: 'consumer-behind',
    remedy: ['refresh', 'consumer'],
    phrases: [always(/our RUV is outdated/)],
    health: 'needs-refresh',
    cause:
      'The consumer is too far behind to catch up: it was away for more than seven days, or was put back from an old backup.',
    fix: 'Compare what both hold, then refresh the consumer, by name.',
  },
  {
    code: 'needs-refresh',
    remedy: ['deploy', 'consumer'],
    phrases: [
      always(/domain_uuid's are not equivalent/),
      always(/This server's content must be refreshed/),
      always(/^Consumer is out of date and must be refreshed/),
    ],
    health: 'needs-refresh',
    cause:
      'The consumer holds another database: it was not refreshed yet, or was offline for more than seven days.',
    fix: 'Deploy: the plan refreshes it from its source once you name it.',
  },
  ...consumerTls,
  {
    code: 'name-not-found',
    phrases: [
      {
        says: /Unable to resolve '[^']{0,300}' to ip:port(?!, using last)/,
        since: 'names-resolved-each-round',
      },
      { says: /No replication addresses available/, since: 'names-resolved-each-round' },
    ],
    health: 'broken',
    cause: 'The supplier’s name cannot be resolved.',
    fix: 'Fix DNS or the origin.',
  },
  {
    code: 'name-not-found',
    remedy: ['restart', 'consumer'],
    phrases: [{ says: /Replica origin could not resolve to ip:port/, before: 'names-resolved-each-round' }],
    health: 'broken',
    cause: 'The supplier’s name could not be resolved when the consumer started, and it does not try again.',
    fix: 'Fix DNS or the origin, then restart the consumer.',
    stops: 'rounds',
  },
  {
    code: 'name-cached',
    phrases: [{ says: /to ip:port, using last known working address/, since: 'names-resolved-each-round' }],
    health: 'unknown',
    cause: 'The supplier’s name cannot be resolved now; the last address that worked is used.',
    fix: 'Fix DNS or the origin.',
  },
  {
    code: 'slow-answer',
    phrases: [
      { says: /consumer (request|response) timeout/i, since: 'round-limits' },
      always(/timed out waiting for replication/i),
    ],
    health: 'unknown',
    cause: 'A request or its answer took longer than its limit: a big database or a slow connection.',
    fix: 'Wait for the next round; look at the connection if it stays so.',
  },
  {
    code: 'refresh-lost',
    remedy: ['restart', 'consumer'],
    phrases: [{ says: /refresh task was lost/, since: 'round-limits' }],
    health: 'unknown',
    cause: 'No supplier answered the refresh; it may still happen.',
    fix: 'Restart the consumer to drop the request, then judge by its log.',
  },
  {
    code: 'no-supplier',
    phrases: [always(/tasks are unable to be notified/)],
    health: 'broken',
    cause: 'This server has no table to pull from.',
    fix: 'Refresh the consumer instead, or add a link.',
  },
  {
    code: 'partner-origin-invalid',
    phrases: [always(/Replica origin (is not repl:\/\/|does not have a valid domain name)/)],
    health: 'broken',
    cause:
      'The supplier’s origin in this consumer’s file is not one kanidmd can dial, so its rounds never start.',
    fix: 'Give the supplier an origin repl://NAME:PORT with a DNS name, then deploy.',
    stops: 'rounds',
  },
  {
    code: 'task-not-started',
    remedy: ['repin', 'consumer'],
    phrases: [
      { says: /Replica supplier cert invalid|Unable to build TLS client configuration/, since: 'rustls' },
      {
        says: /Unable to (configure (tls connector|client certificate|certificate store)|add supplier certificate|set domain name for tls)/,
        before: 'rustls',
      },
    ],
    health: 'broken',
    cause: 'The pinned certificate of a supplier cannot be used, so the rounds with it never start.',
    fix: 'Deploy: the plan re-pins the supplier’s certificate and restarts the consumer.',
    stops: 'rounds',
  },
  {
    code: 'words-go-elsewhere',
    remedy: ['restart', 'consumer'],
    phrases: [
      { says: /^Starting OTLP logging pipeline/, since: 'telemetry-told', before: 'otel-endpoint' },
      { says: /^Attempting to start OTLP logging pipeline/, since: 'otel-endpoint' },
      always(/^Logging pipeline completed shutdown/),
    ],
    health: 'unknown',
    cause: 'kanidmd sends its log to OpenTelemetry, so no round can be seen.',
    fix: 'Remove otel_grpc_url, otel_grpc_endpoint or KANIDM_OTEL_GRPC_* and restart it.',
    stops: 'rounds',
  },
  {
    code: 'supplier-unreachable',
    phrases: [always(/Unable to connect to supplier/)],
    health: 'broken',
    cause:
      'The supplier could not be reached: nothing listens at its address, or what listens does not answer.',
    fix: 'Make sure that it runs, and check its bindaddress, firewall and published ports. A renewal closes the port for about a minute.',
  },
  {
    code: 'answer-unfit',
    phrases: [always(/Supplier Response contains invalid State/i), always(/received invalid input/)],
    health: 'broken',
    cause:
      'The supplier’s answer does not fit what was asked: the versions do not fit, or another program answers.',
    fix: 'Make sure that both run the same version, and that the supplier itself answers there.',
  },
  {
    code: 'connection-broken',
    phrases: [
      always(/[Cc]onsumer (decode|encode) error/),
      always(/Replication client TLS (setup|accept) error/),
      always(/^(Consumer connection|Connection) closed/),
      { says: /Unable to cleanly shutdown TLS/, since: 'rustls' },
      { says: /Timeout attempting to close connection/, since: 'round-limits' },
    ],
    health: 'broken',
    cause: 'The connection between the two ended in the middle of a round.',
    fix: 'Read the supplier’s log at that moment; check what is between the two if it persists.',
  },
];
