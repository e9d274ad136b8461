import { parseAddress } from '../addresses';
import { readCertificate, type KeyCert } from '../certificate';
import { quickRenewalDelay, renewalDelay } from '../clock';
import type { ReplicationConfig } from '../config/schema';
import type { Context } from '../context';
import { Span } from '../span';
import { ConsumerTask } from './consumer-task';
import { Listener } from './listener';
import { RefreshRequest } from './refresh';

interface Running {
  task: ConsumerTask;
  ended: Promise<void>;
}

/** Somebody waiting for the certificate; `gone` when the admin socket gave up on its behalf. */
export interface CertificateRequest {
  answer: Promise<KeyCert>;
  gone: boolean;
}

/** A server's replication: its port, its certificate, and one task for each supplier. */
export class Replication {
  private readonly listener: Listener;
  private tasks: Running[] = [];
  private keyCert: KeyCert | undefined;
  private waiting: { request: CertificateRequest; give: (keyCert: KeyCert) => void }[] = [];
  private renewal: Promise<void> = Promise.resolve();
  private automatic: RefreshRequest | undefined;

  constructor(
    private readonly config: ReplicationConfig,
    private readonly context: Context,
  ) {
    this.listener = new Listener(context);
  }

  /** Binds the port. @returns whether it worked; the log says why not. */
  async open(): Promise<boolean> {
    const { log } = this.context;
    log.info(`Starting replication interface https://${this.config.bindAddress} ...`);
    const address = parseAddress(this.config.bindAddress);
    try {
      if (!address) throw new Error('not an address');
      await this.listener.open(address);
    } catch {
      const err = 'Os { code: 98, kind: AddrInUse, message: "Address already in use" }';
      log.error(`Could not bind to replication address ${this.config.bindAddress}`, [['err', err]]);
      return false;
    }
    log.info('Created replication interface');
    return true;
  }

  /** Stops all tasks, takes the certificate from the database (made if there is none), starts serving and pulling. */
  async reload(): Promise<void> {
    const { log, database, version } = this.context;
    log.info('Starting replication reload ...');
    await this.stopTasks();
    const stored = database.now.keyCert;
    const keyCert = stored ?? (await this.makeKeyCert());
    if (!stored) database.setKeyCert(keyCert);
    if (version.shape === 'early') {
      log.finish(new Span('supplier_get_key_cert', [], 1.6));
      log.finish(new Span('qswt_commit', [], 0.8));
    }
    this.sayValidity(keyCert);
    const { partners } = this.config;
    const pins = partners.filter((partner) => partner.type !== 'pull').map((partner) => partner.pin);
    if (pins.length === 0)
      log.warn('No replication client certs are available, replication connections will be ignored.');
    this.keyCert = keyCert;
    this.giveCertificate(keyCert);
    this.tasks = partners
      .filter((partner) => partner.type !== 'allow-pull')
      .map((partner) => new ConsumerTask(partner, keyCert, this.context, () => this.refreshAutomatically()))
      .map((task) => ({ task, ended: task.run() }));
    this.listener.serve(keyCert, pins);
  }

  /** The certificate, once replication serves: not while a renewal is under way. */
  certificate(): CertificateRequest {
    if (this.keyCert) return { answer: Promise.resolve(this.keyCert), gone: false };
    const request: CertificateRequest = {
      answer: new Promise((give) => queueMicrotask(() => add(give))),
      gone: false,
    };
    const add = (give: (keyCert: KeyCert) => void) => {
      if (this.keyCert) give(this.keyCert);
      else this.waiting.push({ request, give });
    };
    return request;
  }

  /** Resolves when a renewal that was asked for has begun: the old certificate is not told any more. */
  async renewing(): Promise<void> {
    await this.renewal;
  }

  /**
   * Makes a new certificate and reloads. Up to 1.11.0 the port is held and no certificate is told for about a
   * minute, while the tasks go on pulling; from 1.11.1 on for two seconds (measured).
   */
  async renew(): Promise<void> {
    const { version, clock } = this.context;
    this.renewal = this.replaceKeyCert();
    await this.renewal;
    const { seconds, floorMs } = version.slowRenewal ? renewalDelay : quickRenewalDelay;
    await clock.wait(seconds, floorMs);
    await this.reload();
  }

  /** Tells every task to refresh. @returns undefined when there is no task to tell. */
  refresh(): RefreshRequest | undefined {
    if (this.tasks.length === 0) {
      this.context.log.error(
        'Unable to begin replication consumer refresh, tasks are unable to be notified.',
      );
      return undefined;
    }
    const request = new RefreshRequest(this.tasks.length);
    for (const { task } of this.tasks) task.refresh(request);
    return request;
  }

  async stop(): Promise<void> {
    this.listener.close();
    await this.stopTasks();
  }

  private async makeKeyCert(): Promise<KeyCert> {
    const { database, version, clock } = this.context;
    const { makeKeyCert } = await import('../make-certificate');
    return makeKeyCert(database.now.serverUuid, this.config.origin, version, clock.now());
  }

  private async replaceKeyCert(): Promise<void> {
    const { log, database } = this.context;
    const span = new Span('supplier_renew_key_cert');
    database.setKeyCert(await this.makeKeyCert());
    log.finish(span.end());
    this.keyCert = undefined;
    this.listener.hold();
  }

  private async stopTasks(): Promise<void> {
    this.context.log.info(`Stopping ${this.tasks.length} Replication Tasks ...`);
    for (const { task } of this.tasks) task.stop();
    await Promise.all(this.tasks.map(({ ended }) => ended));
    this.tasks = [];
  }

  /** The flag belongs to the server, not to the link: every supplier is asked (`kanidm.md`, "Refresh erases", 2). */
  private refreshAutomatically(): void {
    if (this.automatic) return;
    const request = this.refresh();
    this.automatic = request;
    void request?.result.then((result) => {
      this.automatic = undefined;
      if (result === 'success') this.context.log.info('replication consumer refresh complete!');
      else this.context.log.error('replication consumer refresh task was lost.');
    });
  }

  private giveCertificate(keyCert: KeyCert): void {
    for (const { request, give } of this.waiting) {
      if (request.gone) this.context.log.warn('Server certificate was requested, but requsetor disconnected');
      else give(keyCert);
    }
    this.waiting = [];
  }

  private sayValidity(keyCert: KeyCert): void {
    const { validFrom, validTo } = readCertificate(keyCert);
    const print = this.context.version.shape === 'early' ? (text: string) => text : utcTime;
    this.context.log.info('', [
      ['replication_cert_not_before', print(validFrom)],
      ['replication_cert_not_after', print(validTo)],
    ]);
  }
}

/** `UtcTime(UtcTime(DateTime { year: … }))`, as recorded. */
function utcTime(text: string): string {
  const date = new Date(text);
  const fields = [
    `year: ${date.getUTCFullYear()}`,
    `month: ${date.getUTCMonth() + 1}`,
    `day: ${date.getUTCDate()}`,
    `hour: ${date.getUTCHours()}`,
    `minutes: ${date.getUTCMinutes()}`,
    `seconds: ${date.getUTCSeconds()}`,
    `unix_duration: ${date.getTime() / 1000}s`,
  ];
  return `UtcTime(UtcTime(DateTime { ${fields.join(', ')} }))`;
}
