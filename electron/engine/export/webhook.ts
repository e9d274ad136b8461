import { EVENT_FORMAT } from '../../../shared/events/certificate-due';
import type { FleetEvent } from '../../../shared/events/fleet-event';
import { retryAfter } from '../../../shared/base/retry-after';
import { roughSize } from '../base/rough-size';
import type { Clock } from '../base/time';
import type { FleetMetrics } from './fleet-metrics';
import type { Post, Target } from './post';
import { SaidOnce } from './said-once';

/** What a sender works with. */
export interface SenderParts {
  readonly fleet: string;
  readonly target: Target;
  readonly post: Post;
  readonly clock: Clock;
  readonly metrics: FleetMetrics;
  /** A line for the person. */
  readonly say: (text: string) => void;
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly random?: () => number;
}

/** Waiting events hold this much, in bytes; beyond it the oldest are dropped and counted. */
const MOST_HELD = 1024 * 1024;
/** Events in one message: two hundred servers that went down together are few messages. */
const MOST_AT_ONCE = 100;
/** What is left when the watcher ends is tried once more, for so long. */
const LAST_TRY_MS = 3000;

/** Sends events to a webhook, in order and several in one message; what cannot be sent waits, within bounds. */
export class Webhook {
  private waiting: { readonly event: FleetEvent; readonly size: number }[] = [];
  private held = 0;
  private wake: (() => void) | null = null;
  private readonly trouble: SaidOnce;

  constructor(private readonly parts: SenderParts) {
    this.trouble = new SaidOnce(parts.say);
  }

  /** Takes events to be sent. */
  push(events: readonly FleetEvent[]): void {
    for (const event of events) {
      const size = roughSize(event);
      this.waiting.push({ event, size });
      this.held += size;
    }
    let dropped = 0;
    while (this.held > MOST_HELD && dropped < this.waiting.length)
      this.held -= this.waiting[dropped++]?.size ?? 0;
    if (dropped > 0) {
      this.waiting.splice(0, dropped);
      this.parts.metrics.count('webhook', 'dropped', dropped);
    }
    this.wake?.();
  }

  /** Sends until the signal aborts, and then once more what is left. Never fails. */
  async run(): Promise<void> {
    const { signal, clock, random = Math.random } = this.parts;
    let failures = 0;
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      if (this.waiting.length === 0) await this.comes(signal);
      if (isOver()) break;
      if (await this.send(signal)) failures = 0;
      else await clock.sleep(retryAfter(++failures, random()), signal);
    }
    if (this.waiting.length > 0) await this.send(AbortSignal.timeout(LAST_TRY_MS));
  }

  private async send(signal: AbortSignal): Promise<boolean> {
    const { post, target, metrics, fleet } = this.parts;
    const batch = this.waiting.slice(0, MOST_AT_ONCE);
    const events = batch.map(({ event }) => event);
    const posted = await post(target, JSON.stringify({ format: EVENT_FORMAT, fleet, events }), signal);
    const name = `kanilink: the webhook at ${target.shown}`;
    if (posted.kind === 'sent') this.trouble.worked(`${name} takes messages again.`);
    else if (!signal.aborted) this.trouble.failed(`${name} did not take a message: ${posted.why}.`);
    if (posted.kind === 'again') {
      metrics.count('webhook', 'failed');
      return false;
    }
    metrics.count(
      'webhook',
      posted.kind === 'sent' ? 'delivered' : 'dropped',
      posted.kind === 'sent' ? 1 : events.length,
    );
    // Of the batch, some may have been dropped meanwhile.
    const done = new Set(batch);
    this.waiting = this.waiting.filter((it) => !done.has(it));
    this.held = this.waiting.reduce((sum, { size }) => sum + size, 0);
    return true;
  }

  private comes(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.wake = null;
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.wake = done;
      signal.addEventListener('abort', done, { once: true });
      if (signal.aborted) done();
    });
  }
}
