import type { IpcClient } from '../bridge/ipc-client';
import type { FleetText } from '../../shared/ipc';
import type { DeployHistory, HistoryDeploy } from '../../shared/plan/model/history';
import type { Fault } from '../../shared/base/result';

const NOTHING: DeployHistory = { deploys: [], interrupted: null, unreadable: [] };

/** While a deploy's program may live, its journal is read again after these, in milliseconds; the last one over and over. */
const LOOK_AFTER = [500, 1000, 1000, 2000, 5000, 10_000];

/** What the journals on this computer say of the fleet's past deploys. */
export class PastDeploys {
  known = $state.raw<DeployHistory>(NOTHING);
  /** The journals were read: what is not among the known there is not. */
  read = $state(false);
  /** The journals are being read: what is known may be old. */
  looking = $state(false);
  /** Why the journals could not be read. */
  fault = $state.raw<Fault | null>(null);
  /** The deploy that must be resumed or rolled back before another one; null: none. */
  interrupted = $derived.by(
    (): HistoryDeploy | null => this.known.deploys.find((it) => it.deploy === this.known.interrupted) ?? null,
  );
  /** Whether a deploy is interrupted, nobody can say: journals are not read, or cannot be. */
  unsure = $derived.by(() => !this.read || this.known.unreadable.some(({ over }) => !over));
  readonly #client: IpcClient;
  #abort: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** How often the journals were read again by themselves. */
  #looks = 0;

  constructor(client: IpcClient) {
    this.#client = client;
  }

  /**
   * Reads the journals again; an answer to an older question is dropped. While the program of a deploy may still live (an
   * engine that was killed takes a moment to die), they are read again by themselves: then it is seen to be interrupted.
   */
  async look(fleet: FleetText): Promise<void> {
    this.#looks = 0;
    await this.#read(fleet);
  }

  async #read(fleet: FleetText): Promise<void> {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.looking = true;
    const answer = await this.#client.ask('fleet.deploys', { fleet }, { signal: abort.signal });
    if (this.#abort !== abort) return;
    this.looking = false;
    if (answer.ok) this.known = answer.value;
    this.read = answer.ok;
    this.fault = answer.ok ? null : answer.error;
    if (!this.known.deploys.some(({ state }) => state === 'running')) return;
    const wait = LOOK_AFTER[Math.min(this.#looks, LOOK_AFTER.length - 1)] ?? 10_000;
    this.#looks += 1;
    this.#timer = setTimeout(() => void this.#read(fleet), wait);
  }

  /** Another fleet: nothing is known of its past. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#abort = null;
    this.looking = false;
    this.read = false;
    this.known = NOTHING;
    this.fault = null;
  }
}
