import type { Fault } from '../../shared/base/result';
import type { AskName, AskQuestion } from '../../shared/ipc';
import type { AskValue, IpcClient } from '../bridge/ipc-client';

/** One question of a kind to the engine at a time, and what it brought. */
export class OneQuestion<N extends AskName> {
  report = $state.raw<AskValue<N> | null>(null);
  /** Why there is no answer; one that was cancelled says nothing. */
  fault = $state.raw<Fault | null>(null);
  running = $state(false);
  readonly #client: IpcClient;
  readonly #name: N;
  #abort: AbortController | null = null;

  constructor(client: IpcClient, name: N) {
    this.#client = client;
    this.#name = name;
  }

  /** Asks, unless it is asked already. What was answered before is gone. */
  async put(question: AskQuestion<N>): Promise<void> {
    if (this.running) return;
    const abort = new AbortController();
    this.#abort = abort;
    this.running = true;
    this.fault = null;
    this.report = null;
    const answer = await this.#client.ask(this.#name, question, { signal: abort.signal });
    if (this.#abort !== abort) return;
    this.running = false;
    if (answer.ok) this.report = answer.value;
    else if (answer.error.code !== 'cancelled') this.fault = answer.error;
  }

  cancel(): void {
    this.#abort?.abort();
  }
}
