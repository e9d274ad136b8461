import { answersAsked, MOST_REQUESTS } from '../../shared/answers/answers';
import { ORIGIN_FORM, readPublicOrigin } from '../../shared/answers/public-origin';
import type { FleetText } from '../../shared/ipc';
import type { IpcClient } from '../bridge/ipc-client';
import { OneQuestion } from './one-question.svelte';

/** What a person typed, and what is wrong with it; empty: nothing. */
export interface AnswersFaults {
  readonly origin: string;
  readonly requests: string;
}

/** One question to the public origin at a time, and what it brought. */
export class Answering extends OneQuestion<'fleet.answers'> {
  /** What is wrong with what was typed. */
  typed = $state.raw<AnswersFaults>({ origin: '', requests: '' });

  constructor(client: IpcClient) {
    super(client, 'fleet.answers');
  }

  /** Asks, unless it is asked already. @param origin as typed; empty: the servers' own. @param requests as typed. */
  async ask(fleet: FleetText, origin: string, requests: string): Promise<void> {
    if (this.running) return;
    const asked = {
      origin: origin.trim() === '' ? null : origin.trim(),
      requests: /^\d+$/.test(requests.trim()) ? Number(requests) : 0,
    };
    this.typed = formFaults(asked);
    if (this.typed.origin === '' && this.typed.requests === '') await this.put({ fleet, ...asked });
  }
}

const formFaults = ({ origin, requests }: { origin: string | null; requests: number }): AnswersFaults => ({
  origin: origin === null || readPublicOrigin(origin) !== null ? '' : `Write it as ${ORIGIN_FORM}.`,
  requests: answersAsked.shape.requests.safeParse(requests).success
    ? ''
    : `A number from 1 to ${MOST_REQUESTS}.`,
});
