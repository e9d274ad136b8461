import { gzipSync } from 'node:zlib';
import { posix } from 'node:path';
import { backupJson } from '../../practice/kanidmd/data/backup';
import { builtInEntries } from '../../practice/kanidmd/data/entry';
import { makeLog } from '../../practice/kanidmd/log-writer';
import { words } from '../../practice/kanidmd/replication/words';
import { Span } from '../../practice/kanidmd/span';
import { findVersion } from '../../practice/kanidmd/versions';
import { type FakeServer, info } from '../../electron/engine/connect/fake/fake-server';
import type { DomainUuid } from '../../shared/base/names';
import { parseOrigin } from '../../shared/base/origin';
import { allowsPull, type Partner, pulls } from '../../shared/server-config/server-config';
import { certificateOfTest, domainOfTest } from './fleet-fixtures';
import type { VirtualClock } from './virtual-clock';

/** A server that took another's database. */
export interface Taken {
  readonly server: string;
  readonly from: string;
  readonly lost: DomainUuid;
}

/** The database's file, as `fleet-fixtures` configures it. */
export const DATABASE = '/var/lib/kanidm/kanidm.db';
/** A server's first round comes right at its start (`kanidm.md`, "Rounds"). Milliseconds. */
const FIRST_ROUND = 200;
/** Up to 1.11.0 a renewal shows its certificate only later (`kanidm.md`, "renew-replication-certificate"). Milliseconds. */
const SLOW_RENEWAL = 65_000;

/**
 * What servers in memory do among themselves: rounds, refreshes, renewals and backups, with the words of the practice
 * kanidmd in their logs. A refresh goes to every supplier; the first that can be reached answers.
 */
export class FakeReplication {
  /** Every database that was replaced, in order. */
  readonly taken: Taken[] = [];
  /** What a server's backup is; as it is at first, a whole one of its domain. */
  backupOf: (server: FakeServer) => Uint8Array | null = (server) => backupOf(server);
  private readonly queued = new Set<FakeServer>();
  private readonly renewals = new Map<FakeServer, number>();

  constructor(
    private readonly servers: readonly FakeServer[],
    private readonly clock: VirtualClock,
  ) {
    for (const server of servers) {
      server.files.put(DATABASE, 'a database'.repeat(1000), { mode: 0o600 });
      server.more = (args) => this.command(server, args);
      server.started = () => this.begin(server);
      this.begin(server);
    }
  }

  private begin(server: FakeServer): void {
    const process = server.startedAt;
    this.queued.delete(server);
    const round = (): void => {
      if (server.state !== 'running' || server.startedAt !== process) return;
      for (const partner of this.pulledFrom(server)) this.round(server, partner);
      this.clock.after((server.config()?.replication?.taskPollInterval ?? 15) * 1000, round);
    };
    this.clock.after(FIRST_ROUND, round);
  }

  private command(server: FakeServer, args: readonly string[]): string | null {
    const [what = '', how = '', path = ''] = args;
    if (what === 'scripting' && how === 'backup' && server.state === 'running') this.backUp(server, path);
    else if (what === 'database' && how === 'backup' && server.state !== 'running') this.backUp(server, path);
    else if (what === 'refresh-replication-consumer') {
      if (this.refresh(server)) return info('success');
      this.queued.add(server);
      return null;
    } else if (what === 'renew-replication-certificate') return this.renew(server);
    else return null;
    // Whether it worked or not, it says nothing (`kanidm.md`, "scripting backup").
    return '';
  }

  private backUp(server: FakeServer, path: string): void {
    const bytes = this.backupOf(server);
    if (bytes === null || server.files.full || server.files.stat(path) !== null) return;
    if (server.files.stat(posix.dirname(path))?.kind === 'folder') server.files.put(path, bytes);
  }

  private renew(server: FakeServer): string | null {
    const renewals = (this.renewals.get(server) ?? 0) + 1;
    this.renewals.set(server, renewals);
    const certificate = certificateOfTest(server.id, renewals);
    if (findVersion(server.version)?.slowRenewal === false) {
      server.certificate = certificate;
      return info(` | certificate: "${certificate}"`);
    }
    this.clock.after(SLOW_RENEWAL, () => (server.certificate = certificate));
    return null;
  }

  private pulledFrom(server: FakeServer): readonly Partner[] {
    return (server.config()?.replication?.partners ?? []).filter((it) => pulls(it.type));
  }

  private round(server: FakeServer, partner: Partner): void {
    if (this.queued.has(server) && this.refresh(server)) this.queued.delete(server);
    const supplier = this.supplierAt(partner);
    const span = new Span('repl_run_consumer', fieldsOf(partner, true), 2);
    let automatic = false;
    if (supplier !== null && this.reaches(server, partner, supplier, span)) {
      if (supplier.domain.uuid === server.domain.uuid) span.info('Incremental Replication Success');
      else {
        automatic = partner.automaticRefresh;
        span.error(words.notEquivalent).error(words.mustRefresh);
        if (automatic) span.warn(words.now);
        else span.error(words.manually);
      }
    } else span.error('Unable to connect to supplier, tried to connect to [127.0.0.1:8444]');
    logOf(server).finish(span.end());
    if (automatic) this.refresh(server);
  }

  /** @returns whether somebody answered. */
  private refresh(server: FakeServer): boolean {
    for (const partner of this.pulledFrom(server)) {
      const supplier = this.supplierAt(partner);
      const span = new Span('repl_run_consumer_refresh', fieldsOf(partner, false), 120);
      if (supplier === null || !this.reaches(server, partner, supplier, span)) continue;
      const lost = server.domain.uuid;
      server.domain = supplier.domain;
      this.taken.push({ server: server.id, from: supplier.id, lost });
      logOf(server).finish(span.info('Replication refresh was successful.').end());
      return true;
    }
    return false;
  }

  /** Who listens at an origin. */
  private supplierAt({ origin }: Partner): FakeServer | null {
    return this.servers.find((it) => it.config()?.replication?.origin === origin) ?? null;
  }

  /** Both have a table for each other, with the certificate the other shows; else the span says why not. */
  private reaches(consumer: FakeServer, partner: Partner, supplier: FakeServer, span: Span): boolean {
    if (partner.certificate !== supplier.certificate) {
      span.error(`Replication client TLS setup error, continuing -> ${words.invalid('UnknownIssuer')}`);
      return false;
    }
    const tables = supplier.config()?.replication?.partners ?? [];
    if (tables.some((it) => allowsPull(it.type) && it.certificate === consumer.certificate)) return true;
    logOf(supplier).error(words.tlsSetup, [['err', words.invalid('UnknownIssuer')]]);
    return false;
  }
}

/** The log of a server in memory, in the words of kanidmd. */
export const logOf = (server: FakeServer) =>
  makeLog(
    (text) => {
      for (const line of text.split('\n')) if (line !== '') server.log.write(line);
    },
    () => undefined,
  );

/** What the head of a span says of a partner. */
export const fieldsOf = ({ origin, automaticRefresh }: Partner, round: boolean) =>
  [
    ['sock_addrs', '[127.0.0.1:8444]'],
    ...(round ? [['automatic_refresh', String(automaticRefresh)] as const] : []),
    ['server_name', parseOrigin(origin)?.host ?? ''],
  ] as const;

/** A whole backup of a domain, in the practice kanidmd's own words. @param more changes what it holds. */
export function backupOf({ domain, version }: FakeServer, more: Record<string, unknown> = {}): Uint8Array {
  const cid = { s: domain.uuid, t: { secs: 1_790_000_000, nanos: 0 } };
  const content = {
    ...{ practice: 1 as const, version, domainName: domain.name, domainUuid: domain.uuid, domainLevel: 14 },
    ...{ serverUuid: domain.uuid, newest: cid.t, ruv: { [cid.s]: cid.t }, keyCert: null },
    known: { [cid.s]: [cid.t] },
    entries: builtInEntries(domain.name, domain.uuid, 14, cid),
  };
  return gzipSync(JSON.stringify({ ...(JSON.parse(backupJson(content)) as object), ...more }));
}

export const domainAs = (digit: string) => ({ name: 'idm.example.com', uuid: domainOfTest(digit) });
