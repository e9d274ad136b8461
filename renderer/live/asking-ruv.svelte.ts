import type { Fault } from '../../shared/base/result';
import type { FleetText } from '../../shared/ipc';
import type { RuvReport } from '../../shared/ruv/ruv';
import type { IpcClient } from '../bridge/ipc-client';
import type { Tone } from './pull-view';

/** One look at the RUVs of a fleet at a time, and what it brought. */
export class AskingRuv {
  report = $state.raw<RuvReport | null>(null);
  /** Why it could not be looked at. */
  fault = $state.raw<Fault | null>(null);
  running = $state(false);
  readonly #client: IpcClient;
  #abort: AbortController | null = null;

  constructor(client: IpcClient) {
    this.#client = client;
  }

  /** Asks, unless it is asked already. */
  async ask(fleet: FleetText): Promise<void> {
    if (this.running) return;
    const abort = new AbortController();
    this.#abort = abort;
    this.running = true;
    this.fault = null;
    this.report = null;
    const answer = await this.#client.ask('fleet.ruv', { fleet }, { signal: abort.signal });
    if (this.#abort !== abort) return;
    this.running = false;
    if (answer.ok) this.report = answer.value;
    else if (answer.error.code !== 'cancelled') this.fault = answer.error;
  }

  cancel(): void {
    this.#abort?.abort();
  }
}

const tones = { read: 'good', 'went-back': 'bad', unknown: 'quiet' } as const;

/** What a look says, servers first. */
export const ruvRows = ({
  servers,
  pulls,
}: RuvReport): readonly {
  readonly name: string;
  readonly tone: Tone;
  readonly cause: string;
  readonly fix: string;
}[] => [
  ...servers.map(({ server, state, cause, fix }) => ({ name: server, tone: tones[state], cause, fix })),
  ...pulls.map(({ consumer, supplier, changes, cause, fix }) => ({
    ...{ name: `${consumer} ← ${supplier}`, cause, fix },
    // What lacks something may get it with the next round: that is neither good nor bad.
    tone: changes === null ? ('quiet' as const) : changes === 0 ? ('good' as const) : ('new' as const),
  })),
];
