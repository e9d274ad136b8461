import { Duplex } from 'node:stream';
import type { FakeServer } from '../../../electron/engine/connect/fake/fake-server';
import type { Trouble } from '../../../electron/engine/connect/fake/fake-trouble';
import { words } from '../../../practice/kanidmd/replication/words';
import { Span } from '../../../practice/kanidmd/span';
import { parseOrigin } from '../../../shared/base/origin';
import { type Origin, trusted } from '../../../shared/base/names';
import { ok } from '../../../shared/base/result';
import { allowsPull, type Partner, pulls } from '../../../shared/server-config/server-config';
import { type FakeFleet, type FakeLink, fakeFleet } from '../fake-fleet';
import { fieldsOf, logOf } from '../fake-replication';
import { certificateOfTest, observedOf } from '../fleet-fixtures';
import type { VirtualClock } from '../virtual-clock';
import { afterRefresh, afterRound, backupOfData, changed, type Data, freshData, neverSent } from './data';
import { type Logins, pemOf, type Web, webCertificate, webOf } from './https';

const CHAIN = '/var/lib/kanidm/chain.pem';
/** A server's first round comes right at its start (`kanidm.md`, "Rounds"). Milliseconds. */
const FIRST_ROUND = 200;

/** What is known of a server of the world, and of nobody else's business. */
export interface Being {
  readonly server: FakeServer;
  data: Data;
  /** A copy of its database that may be put back. */
  copy: Data | null;
  /** How often its file was given another origin. */
  names: number;
  logins: Logins;
  /** The certificate of its HTTPS: on the disk, and as it was read at the start. */
  webOnDisk: number;
  webServed: number;
  /** Calls to it fail, or are never answered. */
  desk: 'there' | 'cut' | 'silent';
  /** Certificates made for it so far: none is ever made twice. */
  made: number;
}

/**
 * Servers in memory of which all is known: what they hold, who reaches whom, who logs in. Their logs have the words of the
 * practice kanidmd, which is held to recordings of real ones; what a log is to be believed is not its business.
 */
export class WatchedWorld {
  readonly beings: ReadonlyMap<string, Being>;
  readonly fleet: FakeFleet;
  /** Changes that people made; the rest are kanidmd's own marks. */
  readonly writes = new Set<string>();
  private readonly cuts = new Set<string>();

  constructor(
    ids: readonly string[],
    private readonly links: readonly FakeLink[],
    private readonly clock: VirtualClock,
  ) {
    const trouble = (id: string): Trouble => {
      const away = { code: 'unreachable', message: 'It is cut off.', fix: 'Look at the network.', where: {} };
      return () => {
        const desk = this.beings.get(id)?.desk;
        return desk === 'cut' ? { fails: away } : desk === 'silent' ? { hangs: true } : null;
      };
    };
    this.fleet = fakeFleet(Object.fromEntries(ids.map((id) => [id, []])), links, trouble, { clock });
    const first = freshData(clock.now() - 600_000, 0);
    this.beings = new Map(
      this.fleet.servers.map((server, index) => {
        const data = index === 0 ? first : afterRefresh(freshData(clock.now() - 600_000, 0), first);
        const more = { logins: 'work', webOnDisk: 0, webServed: 0, desk: 'there', made: 0 } as const;
        return [server.id, { server, data, copy: null, names: 0, ...more }];
      }),
    );
    for (const being of this.beings.values()) {
      const { server } = being;
      server.backupHead = () => backupOfData(being.data, server.version);
      server.dials = () => Promise.resolve(server.state === 'running' ? ok(new Duplex()) : null);
      server.started = () => this.begin(being);
      this.show(being);
    }
    for (const being of this.beings.values()) this.configure(being.server.id);
  }

  at(id: string): Being {
    const being = this.beings.get(id);
    if (being === undefined) throw new Error(`no ${id} in this world`);
    return being;
  }

  /** The HTTPS of a server, as whoever dials it finds it. */
  web(id: string) {
    const being = this.at(id);
    const process = being.server.startedAt;
    const now = (): Web | null =>
      being.server.state === 'running' && being.server.startedAt === process && being.desk === 'there'
        ? {
            ...{ logins: being.logins, serves: being.webServed },
            ...{ server: being.data.server, domain: being.data.domain },
          }
        : null;
    return webOf(id, being.webServed, now);
  }

  isCut(one: string, other: string): boolean {
    return this.cuts.has([one, other].sort().join(' '));
  }

  /** Cuts the network between two servers, or mends it. */
  cut(one: string, other: string, cut: boolean): void {
    const key = [one, other].sort().join(' ');
    if (cut) this.cuts.add(key);
    else this.cuts.delete(key);
  }

  /** Cuts the way from the desk to a server, has it hang, or mends it. */
  desk(id: string, state: Being['desk']): void {
    const being = this.at(id);
    being.desk = state;
    if (state === 'cut') being.server.cut();
  }

  /** Somebody changes something. */
  write(id: string): void {
    const being = this.at(id);
    if (being.server.state !== 'running') return;
    const { data, change } = changed(being.data, this.clock.now());
    being.data = data;
    this.writes.add(change);
  }

  /** Another database, while it is stopped; it is started again. */
  putBack(id: string, data: Data): void {
    const being = this.at(id);
    being.server.stop();
    being.data = data;
    this.show(being);
    being.server.start();
  }

  wipe(id: string): void {
    const being = this.at(id);
    this.putBack(id, freshData(this.clock.now(), (being.made += 1)));
  }

  /** Its database makes another certificate, which it shows at once. */
  renew(id: string): void {
    const being = this.at(id);
    being.data = { ...being.data, renewals: (being.made += 1) };
    this.show(being);
  }

  originOf(id: string): Origin {
    const { names } = this.at(id);
    return trusted<Origin>(`repl://${id}${names === 0 ? '' : `-${names}`}.example.com:8444`);
  }

  /** Its file gets another origin, and it is restarted. */
  rename(id: string): void {
    const being = this.at(id);
    being.names += 1;
    this.configure(id);
  }

  /** Its file gets the tables of its links, as its partners are called and what they show now, and it is restarted. */
  configure(id: string): void {
    const { server } = this.at(id);
    const partners = this.links.flatMap(([supplier, consumer, ...more]): Partner[] => {
      const oneWay = more.includes('mutual = false');
      const other = supplier === id ? consumer : consumer === id ? supplier : null;
      if (other === null) return [];
      const type = !oneWay ? 'mutual-pull' : supplier === id ? 'allow-pull' : 'pull';
      const certificate = this.at(other).server.certificate;
      return [{ origin: this.originOf(other), type, certificate, automaticRefresh: false }];
    });
    const { file } = observedOf({
      ...{ id, state: 'running', domain: null, origin: this.originOf(id), partners },
      ...{ certificate: null, stale: false },
    });
    server.files.put(server.configPath, file?.text ?? '');
    server.stop();
    server.start();
  }

  /** The operator erases a server and takes another's data, as the first supplier that is reached. */
  refresh(id: string): void {
    const being = this.at(id);
    for (const partner of this.tablesOf(being)) {
      const supplier = this.supplierAt(partner);
      const span = new Span('repl_run_consumer_refresh', fieldsOf(partner, false), 120);
      if (supplier === null || this.whyNot(being, partner, supplier, null) !== null) continue;
      being.data = afterRefresh(being.data, supplier.data);
      logOf(being.server).finish(span.info('Replication refresh was successful.').end());
      return;
    }
  }

  /** Whether the next round of a pull would bring what its supplier holds. */
  replicates(consumer: string, supplier: string): boolean {
    const [mine, theirs] = [this.at(consumer), this.at(supplier)];
    const table = this.tablesOf(mine).find((it) => this.supplierAt(it) === theirs);
    return (
      table !== undefined &&
      this.whyNot(mine, table, theirs, null) === null &&
      mine.data.domain === theirs.data.domain
    );
  }

  /** Whether two hold the same, or will by their rounds. */
  isWholeWith(one: string, other: string): boolean {
    const [mine, theirs] = [this.at(one).data, this.at(other).data];
    const lost = [...neverSent(mine, theirs), ...neverSent(theirs, mine)];
    return mine.domain === theirs.domain && !lost.some((it) => this.writes.has(it));
  }

  private begin(being: Being): void {
    const { server } = being;
    being.webServed = being.webOnDisk;
    being.data = changed(being.data, this.clock.now()).data;
    const process = server.startedAt;
    const round = (): void => {
      if (server.state !== 'running' || server.startedAt !== process) return;
      for (const partner of this.tablesOf(being)) this.round(being, partner);
      this.clock.after((server.config()?.replication?.taskPollInterval ?? 15) * 1000, round);
    };
    this.clock.after(FIRST_ROUND, round);
  }

  /** What lies in its database and on its disk is shown by it. */
  private show(being: Being): void {
    const { server } = being;
    server.domain = { ...server.domain, uuid: being.data.domain };
    server.certificate = certificateOfTest(server.id, being.data.renewals);
    server.files.put(CHAIN, pemOf(webCertificate(server.id, being.webOnDisk)));
  }

  /** Its HTTPS gets another certificate on the disk, which it reads at its next start. */
  renewWeb(id: string): void {
    const being = this.at(id);
    being.webOnDisk += 1;
    this.show(being);
  }

  private tablesOf({ server }: Being): readonly Partner[] {
    return (server.config()?.replication?.partners ?? []).filter((it) => pulls(it.type));
  }

  private supplierAt({ origin }: Partner): Being | null {
    return [...this.beings.values()].find((it) => this.originOf(it.server.id) === origin) ?? null;
  }

  private round(being: Being, partner: Partner): void {
    const log = logOf(being.server);
    const supplier = this.supplierAt(partner);
    if (supplier === null) {
      log.warn(`Unable to resolve '${partner.origin}' to ip:port.`, [['err', words.noName]]);
      log.warn(`No replication addresses available, delaying replication operation for '${partner.origin}'`);
      return;
    }
    const span = new Span('repl_run_consumer', fieldsOf(partner, true), 2);
    if (this.whyNot(being, partner, supplier, span) === null) {
      if (supplier.data.domain === being.data.domain) {
        being.data = afterRound(being.data, supplier.data);
        span.info('Incremental Replication Success');
      } else span.error(words.notEquivalent).error(words.mustRefresh).error(words.manually);
    }
    log.finish(span.end());
  }

  /** Why a consumer does not come through to a supplier; null: it does. @param span where both say so; null: nobody does. */
  private whyNot(consumer: Being, partner: Partner, supplier: Being, span: Span | null): string | null {
    const refused = (reason: string): string => {
      span?.error(`Replication client TLS setup error, continuing -> ${words.invalid(reason)}`);
      return reason;
    };
    const { server } = supplier;
    const host = parseOrigin(partner.origin)?.host ?? '';
    if (server.state !== 'running' || !server.replicates() || this.isCut(consumer.server.id, server.id)) {
      span?.error(`Unable to connect to supplier, tried to connect to [${host}:8444]`);
      return 'unreachable';
    }
    if (partner.certificate !== server.certificate) return refused('BadSignature');
    const tables = server.config()?.replication?.partners ?? [];
    if (tables.some((it) => allowsPull(it.type) && it.certificate === consumer.server.certificate))
      return null;
    if (span !== null) logOf(server).error(words.tlsSetup, [['err', words.invalid('UnknownIssuer')]]);
    span?.error('Consumer decode error, unable to continue.', [['err', words.alert('UnknownCA')]]);
    return 'UnknownIssuer';
  }
}
