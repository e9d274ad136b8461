import { originAddress } from '../addresses';
import type { KeyCert } from '../certificate';
import type { Partner } from '../config/schema';
import type { Context } from '../context';
import type { RefreshRequest } from './refresh';
import { runRound, type Supplier } from './round';
import { words } from './words';

/** Pulls from one supplier: a round at the start, then one each poll interval, and refreshes when asked. */
export class ConsumerTask {
  private readonly requests: RefreshRequest[] = [];
  private stopping = false;
  private ended = false;
  private wake: (() => void) | undefined;

  constructor(
    private readonly partner: Partner,
    private readonly own: KeyCert,
    private readonly context: Context,
    /** Called when a round says that this server must be refreshed now. */
    private readonly wantsRefresh: () => void,
  ) {}

  /** Queues a request. While the supplier's name does not resolve it stays queued. */
  refresh(request: RefreshRequest): void {
    if (this.ended) return request.giveUp();
    this.requests.push(request);
    this.wake?.();
  }

  /** Asks the task to end. **It does not listen while the supplier's name does not resolve** (measured). */
  stop(): void {
    this.stopping = true;
    this.wake?.();
  }

  /** Runs until stopped. */
  async run(): Promise<void> {
    const { log, clock, config, resolve, version } = this.context;
    const { origin } = this.partner;
    const address = originAddress(origin);
    if (!address) {
      log.error(`Replica task for ${origin} can not start, the origin is not repl://`);
      this.ended = true;
      return;
    }
    const interval = config.replication?.taskPollInterval ?? 15;
    // Releases of 2024 look the name up once.
    const once = version.shape === 'early' ? await resolve(address.host) : null;
    if (once?.length === 0) {
      log.error('Replica origin could not resolve to ip:port', [['err', words.noName]]);
      this.ended = true;
      return;
    }
    log.info(`Replica task for ${origin} has started.`);
    let due = performance.now();
    for (;;) {
      const found = once ?? (await resolve(address.host));
      const addresses = found.map((host) => ({ host, port: address.port }));
      if (addresses.length === 0) {
        log.warn(`Unable to resolve '${origin}' to ip:port.`, [['err', words.noName]]);
        log.warn(`No replication addresses available, delaying replication operation for '${origin}'`);
        await clock.wait(interval);
        continue;
      }
      if (this.stopping) break;
      const supplier: Supplier = { partner: this.partner, name: address.host, addresses };
      const request = this.requests.shift();
      if (request) await request.run(supplier, this.own, this.context);
      else if (performance.now() >= due) {
        if ((await runRound(supplier, this.own, this.context)) === 'refresh') this.wantsRefresh();
        due = performance.now() + clock.milliseconds(interval);
      }
      await this.sleepUntil(due);
    }
    this.ended = true;
    for (const request of this.requests) request.giveUp();
    log.info(`Replica task for ${origin} has stopped.`);
  }

  private sleepUntil(due: number): Promise<void> {
    const ms = due - performance.now();
    if (ms <= 0 || this.stopping || this.requests.length > 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
