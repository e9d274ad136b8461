import type { Client } from '../bridge/client';
import type { FleetText, PlanView } from '../../shared/ipc';
import type { Job } from '../../shared/plan/job';
import type { Fault } from '../../shared/result';

/** The plan for the fleet as drawn: asked again whenever that changes, so that the number of changes is known. */
export class PlanReview {
  plan = $state.raw<PlanView | null>(null);
  /** Why there is no plan; the old one is gone then. */
  fault = $state.raw<Fault | null>(null);
  asking = $state(false);
  /** The fleet has changed since the plan was made, or is being planned again. */
  stale = $state(true);
  /** Milliseconds since the epoch: when the plan was made. */
  at = $state(0);
  readonly #client: Client;
  #abort: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Plans once the fleet has rested for a moment. */
  soon(question: FleetText, restMs = 600): void {
    this.stale = true;
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#timer = setTimeout(() => void this.ask(question), restMs);
  }

  /** Plans now, for the fleet file or another job; an answer to an older question is dropped. */
  async ask(question: FleetText, job?: Job): Promise<void> {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.asking = true;
    this.stale = true;
    const answer = await this.#client.ask(
      'fleet.plan',
      { fleet: question, ...(job ? { job } : {}) },
      { signal: abort.signal },
    );
    if (this.#abort !== abort) return;
    this.asking = false;
    this.stale = false;
    this.at = Date.now();
    this.plan = answer.ok ? answer.value : null;
    this.fault = answer.ok ? null : answer.error;
  }

  /** Gives up waiting; nothing is known then. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#abort = null;
    this.asking = false;
    this.stale = true;
    this.plan = null;
    this.fault = null;
  }
}
