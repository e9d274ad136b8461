import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isListenerTrouble, troubleOf } from './causes';
import type { PullHealth } from './health';
import { judgePull } from '../health/judge';
import { readLog } from './rounds';

interface FieldLog {
  readonly truth: string;
  readonly consumer: readonly string[];
  readonly supplier: readonly string[];
  readonly host: string;
  readonly port: number;
  /** Both ends hold one domain. */
  readonly same: boolean;
}

const folder = new URL('../../test/field/logs/', import.meta.url);
const read = (name: string): FieldLog =>
  JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as FieldLog;

const STEP = 1_000;
const START = 1_795_885_000_000_000;
const evidence = (lines: readonly string[], to: number) =>
  readLog(
    lines.map((text, index) => ({ at: START + index * STEP, text })),
    START,
    to,
  );

/** Judged `afterMs` after the last line; the poll interval is 15 s. */
function judged(name: string, afterMs = 2_000): PullHealth {
  const log = read(name);
  const now = START + (log.consumer.length + log.supplier.length) * STEP + afterMs * 1_000;
  return judgePull({
    consumer: 'idm-b',
    supplier: 'idm-a',
    supplierHost: log.host,
    supplierPort: log.port,
    pollInterval: 15,
    consumerLog: evidence(log.consumer, now),
    // A supplier that starts in the same moment would be waited for: it runs for longer.
    supplierLog: {
      ...evidence(log.supplier, now),
      from: START - 3_600_000_000,
      startedAt: START - 3_600_000_000,
    },
    consumerDomain: 'x',
    supplierDomain: log.same ? 'x' : 'y',
    consumerState: 'running',
    supplierState: 'running',
    now,
  });
}

const expected: Readonly<Record<string, readonly [PullHealth['health'], RegExp, RegExp?]>> = {
  '01-expired': ['broken', /supplier’s certificate has expired/, /Renew.*deploy.*pins/],
  '02-not-yet-valid': ['broken', /clock/, /NTP/],
  '05-tls-proxy': ['broken', /another server’s, or a proxy’s/, /Check that the supplier itself answers/],
  '06-wrong-purpose': ['broken', /not one for replication/],
  '07-closed-after-tls': ['broken', /connection .* ended/],
  '09-http-or-ssh-port': ['broken', /does not speak TLS/, /port/],
  '10-accepts-and-hangs': ['broken', /does not answer/],
  '11-nothing-listens': ['broken', /nothing listens/],
  '12-unknown-client': ['broken', /does not know this consumer/],
  '13-unresolvable': ['broken', /name cannot be resolved/, /DNS/],
  '21-4507-a': ['broken', /does not know this consumer/],
  '22-4507-b': ['broken', /another certificate than the pinned one/],
  '23-kaniop68': ['needs-refresh', /another database/],
  '24-kaniop68-debug': ['needs-refresh', /another database/],
  '25-2848': ['broken', /could not apply/, /one version.*refresh the consumer/],
  '26-kaniop805': ['broken', /another name/, /renew its certificate after changing its origin/],
  '27-3941-auto-refresh-1.7': ['waiting', /took over idm-a’s database/],
  '30-openssl-wrong-pin': ['broken', /refuses the supplier’s certificate/],
  '40-request-timeout': ['unknown', /longer than its limit/],
  '41-invalid-state': ['broken', /does not fit what was asked/],
  '42-supplier-fails': ['broken', /^idm-a: It failed while it gathered/, /its log/],
  '43-ruv-corrupt': ['broken', /damaged/],
  '44-green-but-supplier-lagging': ['broken', /supplier is behind/, /Do not refresh this consumer/],
  '44c-ahead-supplier-log-unread': ['broken', /supplier is behind/, /Do not refresh this consumer/],
  '47-probe-noise': ['replicating', /succeeded/],
  '48-conflict-warn-success': ['replicating', /succeeded/],
  '49-disconnected-server': ['replicating', /succeeded/],
  '51-task-not-started-cert': ['broken', /never start/, /Deploy/],
  '53-bind-fails': ['broken', /^idm-a: The replication port is taken/, /bindaddress/],
  '54-refresh-request-hangs': ['unknown', /may still happen/],
  '55-success-then-stale-host-case': ['replicating', /succeeded/],
  '58-client-cert-expired-at-supplier': ['broken', /consumer’s own certificate/, /Renew the consumer’s/],
  '59-dns-last-known': ['replicating', /cannot be resolved now/, /DNS/],
};

describe('logs from the field', () => {
  it('are all judged here', () => {
    const names = readdirSync(folder).map((name) => name.replace(/\.json$/, ''));
    expect(names.sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(Object.entries(expected))('%s: %s', (name, [health, cause, fix]) => {
    const pull = judged(name);
    expect(`${pull.health}: ${pull.cause}`).toMatch(new RegExp(`^${health}: `));
    expect(pull.cause).toMatch(cause);
    if (fix) expect(pull.fix).toMatch(fix);
  });

  it('a partner table that cannot be used is said however long ago the server started', () => {
    expect(judged('51-task-not-started-cert', 90 * 24 * 3_600_000)).toMatchObject({
      health: 'broken',
      cause: expect.stringMatching(/never start/) as string,
    });
  });

  it('the port that is taken is said however long ago the supplier started', () => {
    const log = read('53-bind-fails');
    const now = START + 7 * 24 * 3_600_000_000;
    const round = evidence(log.consumer, now).rounds[0]!;
    const pull = judgePull({
      consumer: 'idm-b',
      supplier: 'idm-a',
      supplierHost: log.host,
      supplierPort: log.port,
      pollInterval: 15,
      consumerLog: { ...evidence(log.consumer, now), rounds: [{ ...round, at: now - 5_000_000 }] },
      supplierLog: evidence(log.supplier, now),
      consumerDomain: 'x',
      supplierDomain: 'x',
      consumerState: 'running',
      supplierState: 'running',
      now,
    });
    expect(pull.cause).toMatch(/^idm-a: The replication port is taken/);
  });

  it('a refresh inside a round is a refresh, with its source, and proves one', () => {
    const log = read('27-3941-auto-refresh-1.7');
    expect(evidence(log.consumer, START + 60_000_000).rounds).toMatchObject([
      { kind: 'refresh', supplierHost: 'idm-a.example.com', outcome: { kind: 'success' } },
    ]);
    const failed = log.consumer.map((line) =>
      line.includes('refresh was successful')
        ? line
            .replace('INFO     ┕━ ｉ [info]', 'ERROR    ┕━ 🚨 [error]')
            .replace(
              'Replication refresh was successful.',
              'consumer was not able to apply refresh. | err: Backend',
            )
        : line,
    );
    expect(evidence(failed, START + 60_000_000).rounds).toMatchObject([
      { kind: 'incremental', outcome: { kind: 'trouble', trouble: { code: 'refresh-failed' } } },
    ]);
  });

  it('never advise refreshing the side that holds the newer data', () => {
    for (const name of ['44-green-but-supplier-lagging', '44c-ahead-supplier-log-unread'])
      expect(judged(name).fix).not.toMatch(/refreshes it|then refresh the consumer|Deploy/);
  });

  it('the only sentence that says nothing listens is said of lines that do not tell more', () => {
    for (const [name] of Object.entries(expected))
      if (!['10-accepts-and-hangs', '11-nothing-listens'].includes(name))
        expect(`${name}: ${judged(name).cause}`).not.toMatch(/nothing listens/i);
  });
});

describe('what a server says as a supplier', () => {
  const refused = (err: string): string =>
    `Replication TLS setup error, disconnecting client | err: Custom { kind: InvalidData, error: ${err} }`;

  it('is never what it says of its own pulls', () => {
    expect(troubleOf(refused('InvalidCertificate(UnknownIssuer)'))?.code).toBe('client-unknown');
    expect(troubleOf(refused('InvalidCertificate(BadSignature)'))?.code).toBe('client-certificate-renewed');
    expect(troubleOf(refused('AlertReceived(UnknownCA)'))?.code).toBe('refused-by-client');
    for (const code of [
      'client-unknown',
      'client-certificate-renewed',
      'refused-by-client',
      'supplier-failed',
    ])
      expect(isListenerTrouble(code)).toBe(true);
  });

  it('is no trouble when somebody only opened the port and closed it', () => {
    const closed =
      'Replication TLS setup error, disconnecting client | err: Custom { kind: UnexpectedEof, error: "tls handshake eof" }';
    expect(troubleOf(closed)).toBeNull();
  });

  it('stands in a mutual link’s log beside its own rounds and is not taken for one', () => {
    const log = read('11-nothing-listens');
    const start = log.consumer.slice(0, 2);
    const nil = '00000000-0000-0000-0000-000000000000';
    const lines = [
      ...start,
      `${nil} ERROR    🚨 [error]: ${refused('InvalidCertificate(UnknownIssuer)')}`,
      `7a1d0b52-11d9-4d65-9a0a-0d9a5c8c1111 ERROR    ┝━ 🚨 [error]: Replication - Consumer Domain UUID does not match our local domain uuid.`,
    ];
    const now = START + 60_000_000;
    const pull = judgePull({
      consumer: 'idm-b',
      supplier: 'idm-a',
      supplierHost: log.host,
      supplierPort: log.port,
      pollInterval: 15,
      consumerLog: { ...evidence(lines, now), startedAt: START - 1e9, from: START - 1e9 },
      supplierLog: evidence(start, now),
      consumerDomain: 'x',
      supplierDomain: 'x',
      consumerState: 'running',
      supplierState: 'running',
      now,
    });
    expect(pull).toMatchObject({
      health: 'unknown',
      cause: expect.stringMatching(/shows no round/) as string,
    });
  });
});
