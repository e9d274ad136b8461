import type { AnswersReport } from '../../shared/answers/answers';
import { answersAsked, MOST_REQUESTS } from '../../shared/answers/answers';
import { ORIGIN_FORM, readPublicOrigin } from '../../shared/answers/public-origin';
import type { Fault } from '../../shared/base/result';
import type { FleetText } from '../../shared/ipc';
import type { IpcClient } from '../bridge/ipc-client';

/** What a person typed, and what is wrong with it; empty: nothing. */
export interface AnswersFaults {
  readonly origin: string;
  readonly requests: string;
}

/** One question to the public origin at a time, and what it brought. */
export class Answering {
  report = $state.raw<AnswersReport | null>(null);
  /** Why it could not be asked. */
  fault = $state.raw<Fault | null>(null);
  /** What is wrong with what was typed. */
  typed = $state.raw<AnswersFaults>({ origin: '', requests: '' });
  running = $state(false);
  readonly #client: IpcClient;
  #abort: AbortController | null = null;

  constructor(client: IpcClient) {
    this.#client = client;
  }

  /** Asks, unless it is asked already. @param origin as typed; empty: the servers' own. @param requests as typed. */
  async ask(fleet: FleetText, origin: string, requests: string): Promise<void> {
    if (this.running) return;
    const asked = {
      origin: origin.trim() === '' ? null : origin.trim(),
      requests: /^\d+$/.test(requests.trim()) ? Number(requests) : 0,
    };
    this.typed = formFaults(asked);
    if (this.typed.origin !== '' || this.typed.requests !== '') return;
    const abort = new AbortController();
    this.#abort = abort;
    this.running = true;
    this.fault = null;
    this.report = null;
    const answer = await this.#client.ask('fleet.answers', { fleet, ...asked }, { signal: abort.signal });
    if (this.#abort !== abort) return;
    this.running = false;
    if (answer.ok) this.report = answer.value;
    else if (answer.error.code !== 'cancelled') this.fault = answer.error;
  }

  cancel(): void {
    this.#abort?.abort();
  }
}

const formFaults = ({ origin, requests }: { origin: string | null; requests: number }): AnswersFaults => ({
  origin: origin === null || readPublicOrigin(origin) !== null ? '' : `Write it as ${ORIGIN_FORM}.`,
  requests: answersAsked.shape.requests.safeParse(requests).success
    ? ''
    : `A number from 1 to ${MOST_REQUESTS}.`,
});
