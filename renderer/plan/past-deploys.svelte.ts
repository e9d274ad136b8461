import type { Client } from '../bridge/client';
import type { FleetText } from '../../shared/ipc';
import type { DeployHistory, HistoryDeploy } from '../../shared/plan/history';
import type { Fault } from '../../shared/result';

const NOTHING: DeployHistory = { deploys: [], interrupted: null, unreadable: [] };

/** What the journals on this computer say of the fleet's past deploys. */
export class PastDeploys {
  known = $state.raw<DeployHistory>(NOTHING);
  /** The journals are being read: what is known may be old. */
  looking = $state(false);
  /** Why the journals could not be read. */
  fault = $state.raw<Fault | null>(null);
  /** The deploy that must be resumed or rolled back before another one; null: none. */
  interrupted = $derived.by(
    (): HistoryDeploy | null => this.known.deploys.find((it) => it.deploy === this.known.interrupted) ?? null,
  );
  readonly #client: Client;
  #abort: AbortController | null = null;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Reads the journals again; an answer to an older question is dropped. */
  async look(fleet: FleetText): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.looking = true;
    const answer = await this.#client.ask('fleet.history', { fleet }, { signal: abort.signal });
    if (this.#abort !== abort) return;
    this.looking = false;
    if (answer.ok) this.known = answer.value;
    this.fault = answer.ok ? null : answer.error;
  }

  /** Another fleet: nothing is known of its past. */
  forget(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.looking = false;
    this.known = NOTHING;
    this.fault = null;
  }
}
