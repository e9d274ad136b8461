import { always, type Cause, READ_BOTH_ENDS } from './cause';
import { supplierTls } from './tls';

/** What a server says as a supplier, of its listener and of consumers it does not name; the most specific cause first. */
export const supplierCauses: readonly Cause[] = [
  {
    code: 'split-brain',
    phrases: [
      always(/RUV has desynchroni?si?ed and diverged/),
      always(/Consumers are advanced of us, and also lagging/),
    ],
    health: 'broken',
    cause: 'It and a consumer changed apart from each other for too long.',
    fix: 'Compare what both hold and choose whose data wins. Then refresh the other, by name.',
  },
  {
    code: 'lagging',
    phrases: [always(/Supplier is lagging and must be investigated/)],
    health: 'broken',
    cause:
      'It is behind a consumer, which holds newer data: it was put back from a backup or was away for too long.',
    fix: 'Do not refresh the consumer. Compare what both hold; if the consumer’s data is to stay, refresh the supplier, by name.',
  },
  {
    code: 'consumer-behind',
    phrases: [always(/Consumer is lagging and must be refreshed/)],
    health: 'needs-refresh',
    cause: 'A consumer is too far behind to catch up.',
    fix: 'Compare what both hold, then refresh that consumer, by name.',
  },
  {
    code: 'needs-refresh',
    remedy: ['deploy', 'supplier'],
    phrases: [always(/Consumer Domain UUID does not match our local domain uuid/)],
    health: 'needs-refresh',
    cause: 'A consumer holds another database than this server: it was not refreshed yet.',
    fix: 'Deploy: the plan refreshes it from its source once you name it.',
  },
  ...supplierTls,
  {
    code: 'no-partners',
    remedy: ['deploy', 'supplier'],
    phrases: [
      {
        says: /No replication client certs are available|Ignoring connection from|not configured this server with trusted partner/,
        since: 'partners-named',
      },
    ],
    health: 'broken',
    cause: 'The supplier has no partner configured, so it refuses all partners.',
    fix: 'Deploy the links to it.',
    stops: 'listener',
  },
  {
    code: 'bind-failed',
    remedy: ['restart', 'supplier'],
    phrases: [always(/Could not bind to replication address/), always(/AddrInUse/)],
    health: 'broken',
    cause: 'The replication port is taken by another program, or the address is not one of this machine.',
    fix: 'Change bindaddress, or end the other program; then restart it.',
    stops: 'listener',
  },
  {
    code: 'own-origin-invalid',
    phrases: [always(/replication origin does not contain a valid domain name/)],
    health: 'broken',
    cause: 'Its own origin is not one kanidmd accepts, so its replication never starts.',
    fix: 'Give it an origin repl://NAME:PORT with a DNS name, then deploy.',
    stops: 'both',
  },
  {
    code: 'certificate-unreadable-by-server',
    phrases: [
      always(/CRITICAL: Unable to (access supplier certificate|convert server)/),
      always(
        /CRITICAL, unable to (create SslAcceptorBuilder|set server_cert|add client cert|configure client cert|create TLS Server)/,
      ),
      { says: /WARNING: Unable to convert client cert/, since: 'rustls' },
    ],
    health: 'broken',
    cause:
      'The server cannot use its own certificate or a pinned one; replication is down and tries again each minute.',
    fix: 'Look at its database and disk, and at the pinned certificates in its file.',
    stops: 'both',
  },
  {
    code: 'supplier-failed',
    phrases: [
      always(/supplier provide (changes|refresh) failed/),
      always(/Unable to access supplier RUV range/),
      always(/Failed to access (schema |meta )?entries|^backend failure/),
    ],
    health: 'broken',
    cause: 'It failed while it gathered what a consumer asked for.',
    fix: 'Read its log at that moment, and run kanidmd database verify on it.',
  },
  {
    code: 'server-trouble',
    phrases: [always(/CRITICAL/), always(/\bKP\d{4}/)],
    health: 'broken',
    cause: 'The server reports trouble of its own.',
    fix: 'Read the line and Kanidm’s documentation for it.',
    stops: 'listener',
  },
  {
    // No phrase names it: `answers.ts` tells it by where it stands.
    code: 'answer-with-error',
    phrases: [],
    health: 'unknown',
    cause: 'It says an error that Kanilink does not know while it answers a consumer',
    fix: READ_BOTH_ENDS,
  },
];
