import type { Fault } from '../../shared/base/result';
import type { FleetText } from '../../shared/ipc';
import type { ServerReport, StatusServer } from '../../shared/observed/status';
import type { IpcClient } from '../bridge/ipc-client';

/** What a test of a connection found, and what it was told of. */
export interface Found {
  readonly report: ServerReport | null;
  readonly fault: Fault | null;
  /** How the server is reached, as it was tested. */
  readonly of: string;
  /** What the watch had read of it then; null: nothing. */
  readonly seen: StatusServer | null;
}

/**
 * Whether what was found is still something to go by: the server is reached in the same way, and was not seen to be another
 * than it was then, or than the test found it.
 */
export function stillHolds(found: Found, of: string, seen: StatusServer | null): boolean {
  if (found.of !== of) return false;
  if (seen === null || found.seen === null) return seen === null || seen.state === found.report?.state;
  const same = seen.state === found.seen.state || seen.state === found.report?.state;
  return same && (!seen.revision || !found.seen.revision || seen.revision === found.seen.revision);
}

/** One test of a connection at a time, by the button of a form or of the inspector. */
export class ConnectionTest {
  running = $state(false);
  /** What the last test found; look whether it still holds. */
  found = $state.raw<Found | null>(null);
  readonly #client: IpcClient;
  #abort: AbortController | null = null;

  constructor(client: IpcClient) {
    this.#client = client;
  }

  /** @param of names how the server is reached: another text, and what was found is no longer about it */
  async run(fleet: FleetText, server: string, of: string, seen: StatusServer | null): Promise<void> {
    this.end();
    const mine = new AbortController();
    this.#abort = mine;
    this.running = true;
    this.found = null;
    const answer = await this.#client.ask('server.test', { fleet, server }, { signal: mine.signal });
    if (this.#abort !== mine) return;
    this.running = false;
    if (answer.ok) this.found = { of, seen, report: answer.value, fault: null };
    else if (answer.error.code !== 'cancelled') this.found = { of, seen, report: null, fault: answer.error };
  }

  /** Nobody looks any more. */
  end(): void {
    this.#abort?.abort();
  }
}
