import { Agent, type AgentOptions, type ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Result } from '../../../../shared/result';
import type { Call, Output } from '../connection';

/** A way to an engine. Everything above it speaks HTTP over the streams it makes. */
export interface Dialer {
  /** Makes the way ready, asking a person where needed; the call's limit stands still meanwhile. */
  ready(call: Call): Promise<Result<void>>;
  /** One more stream to the engine. Rejects with a `FaultError` or a socket's error. */
  dial(): Promise<Duplex>;
  /** Runs a program on the engine's own host; null: this way does not reach the host itself. */
  readonly onHost: ((argv: readonly string[], signal: AbortSignal) => Promise<Result<Output>>) | null;
  /** Unused streams worth keeping for the next request. */
  readonly spare: number;
  close(): Promise<void>;
}

/** Node's HTTP agent over a dialer, so that requests share streams and none is dialled by anybody else. */
export class DialingAgent extends Agent {
  constructor(private readonly dialer: Dialer) {
    super({ keepAlive: true, maxFreeSockets: dialer.spare } satisfies AgentOptions);
  }

  override createConnection(
    _options: ClientRequestArgs,
    made?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    this.dialer.dial().then(
      (stream) => made?.(null, stream),
      (error: unknown) =>
        // Node takes no stream when there is an error; its types want one.
        (made as (error: Error) => void)(error instanceof Error ? error : new Error(String(error))),
    );
    return undefined;
  }
}
