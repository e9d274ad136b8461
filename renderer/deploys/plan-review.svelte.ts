import type { IpcClient } from '../bridge/ipc-client';
import type { AskQuestion, FleetText } from '../../shared/ipc';
import type { Plan } from '../../shared/plan/model/plan';
import type { Job } from '../../shared/plan/model/job';
import type { Fault } from '../../shared/base/result';
import { wallNow } from '../base/clock.svelte';

/** What is observed rests for so long before it is planned again, in milliseconds. */
const REST_MS = 200;
/** Between two such plans passes at least this, in milliseconds. */
const LEAST_MS = 2000;

/**
 * The plan for the fleet as drawn: asked again whenever that changes, or what was observed of a server, so that the number
 * of changes is known.
 */
export class PlanReview {
  plan = $state.raw<Plan | null>(null);
  /** Why there is no plan; the old one is gone then. */
  fault = $state.raw<Fault | null>(null);
  asking = $state(false);
  /** The fleet as drawn has changed since the plan was made. */
  stale = $state(true);
  /** Milliseconds since the epoch: when the plan was made. */
  at = $state(0);
  readonly #client: IpcClient;
  #abort: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** By the monotonic clock; before the first plan, long ago. */
  #askedAt = -Infinity;
  /** What was observed when it was planned again last. */
  #tried = '';

  constructor(client: IpcClient) {
    this.#client = client;
  }

  /** Plans from the newest readings once the fleet has rested for a moment. */
  soon(question: FleetText, restMs = 300): void {
    this.stale = true;
    this.#drop();
    this.#timer = setTimeout(() => void this.#plan({ fleet: question, asSeen: true }), restMs);
  }

  /**
   * Something was observed that this plan may not know: plans again from the newest readings, and what was planned stays
   * until then. Often enough, and no oftener: a server that comes and goes is no reason to plan without end.
   *
   * @param observed names what was observed (`fleetRevision`): of the same, it is planned again once
   */
  again(question: FleetText, observed: string): void {
    if (observed === this.#tried || observed === this.plan?.observed || this.stale) return;
    clearTimeout(this.#timer);
    const rest = Math.max(REST_MS, this.#askedAt + LEAST_MS - performance.now());
    this.#timer = setTimeout(() => {
      this.#tried = observed;
      void this.#plan({ fleet: question, asSeen: true });
    }, rest);
  }

  /** Plans now from the servers as they are, for the fleet file or another job; an answer to an older question is dropped. */
  async ask(question: FleetText, job?: Job): Promise<void> {
    this.stale = true;
    await this.#plan({ fleet: question, ...(job ? { job } : {}) });
  }

  async #plan(question: AskQuestion<'fleet.plan'>): Promise<void> {
    this.#drop();
    const abort = new AbortController();
    this.#abort = abort;
    this.#askedAt = performance.now();
    this.asking = true;
    const answer = await this.#client.ask('fleet.plan', question, { signal: abort.signal });
    if (this.#abort !== abort) return;
    this.asking = false;
    this.stale = false;
    this.at = wallNow();
    this.plan = answer.ok ? answer.value : null;
    this.fault = answer.ok ? null : answer.error;
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#abort = null;
    this.asking = false;
  }

  /** Gives up waiting; nothing is known then. */
  forget(): void {
    this.#drop();
    this.#tried = '';
    this.stale = true;
    this.plan = null;
    this.fault = null;
  }
}
