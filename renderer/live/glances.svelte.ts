import type { FleetGlance } from '../../shared/history/history';
import type { IpcClient } from '../bridge/ipc-client';

/** What the last watch of each fleet file left. It says nothing of now. */
export class Glances {
  #all = $state.raw<readonly FleetGlance[]>([]);
  readonly #client: IpcClient;

  constructor(client: IpcClient) {
    this.#client = client;
  }

  /** Undefined: it was never watched, or nothing of it is kept. */
  of(path: string): FleetGlance | undefined {
    return this.#all.find((glance) => glance.path === path);
  }

  /** Reads them again; without an answer what was read stays, with its time. */
  async look(): Promise<void> {
    const answer = await this.#client.ask('history.glances', {});
    if (answer.ok) this.#all = answer.value;
  }
}
