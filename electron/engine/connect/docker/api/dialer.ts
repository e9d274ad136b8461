import { Agent, type ClientRequest, type ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Result } from '../../../../../shared/base/result';
import type { ServerPlace } from '../../common/faults';
import type { Output, Prompter, TcpAddress } from '../../connection';
import type { Call } from '../../../base/call';
import type { DockerEngineTarget } from './target';

/**
 * What a stream is for. A `call` is over within its limit; a `follow` stays open as long as somebody reads a log, and must
 * never be what a call waits for.
 */
export type Use = 'call' | 'follow';

/** How many unused streams are kept, each for how many milliseconds. */
export interface Spare {
  readonly most: number;
  readonly ms: number;
}

/** Where a container's port is found. */
export interface ContainerPort {
  /** As the engine's own host sees it. */
  readonly fromHost: TcpAddress;
  /** The listener on the engine's host that others see; null: they see none. */
  readonly published: TcpAddress | null;
}

/** A way to an engine. Everything above it speaks HTTP over the streams it makes. */
export interface Dialer {
  /** Makes the way ready, asking a person where needed; the call's limit stands still meanwhile. */
  ready(call: Call): Promise<Result<void>>;
  /** One more stream to the engine. Rejects with a `FaultError` or a socket's error. */
  dial(use: Use): Promise<Duplex>;
  /** Runs a program on the engine's own host; null: this way does not reach the host itself. */
  readonly onHost: ((argv: readonly string[], signal: AbortSignal) => Promise<Result<Output>>) | null;
  /** A TCP connection to a container's port. */
  reach(where: ServerPlace, to: ContainerPort, signal: AbortSignal): Promise<Result<Duplex>>;
  /** Unused streams that are kept for the next request, and for how long. */
  readonly spare: Spare;
  close(): Promise<void>;
}

/** How an engine named `ssh://…` is dialled. What puts the transports together says so: this one knows no SSH. */
export type DialSsh = (
  target: Pick<DockerEngineTarget, 'endpoint' | 'home' | 'env'>,
  where: ServerPlace,
  prompter: Prompter,
) => Promise<Result<Dialer>>;

/** Node's HTTP agent over a dialer, so that no request is dialled by anybody else. */
export class DialingAgent extends Agent {
  private readonly idle = new Map<Duplex, NodeJS.Timeout>();

  /** @param spare null: a stream serves one request. */
  constructor(
    private readonly dial: () => Promise<Duplex>,
    private readonly spare: Spare | null,
  ) {
    super({ keepAlive: spare !== null, maxFreeSockets: spare?.most ?? 1 });
  }

  /** Called by Node when a request is over and its stream may serve another one. */
  override keepSocketAlive(stream: Duplex): boolean {
    // Its types forget what it returns: whether the stream is kept.
    const keep: (stream: Duplex) => unknown = super.keepSocketAlive;
    const kept = keep.call(this, stream);
    if (this.spare === null || kept === false) return false;
    const late = setTimeout(() => stream.destroy(), this.spare.ms);
    late.unref();
    this.idle.set(stream, late);
    return true;
  }

  /** Called by Node when a stream that was kept serves again. */
  override reuseSocket(stream: Duplex, request: ClientRequest): void {
    this.taken(stream);
    super.reuseSocket(stream, request);
  }

  private taken(stream: Duplex): void {
    clearTimeout(this.idle.get(stream));
    this.idle.delete(stream);
  }

  override createConnection(
    _options: ClientRequestArgs,
    made?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    this.dial().then(
      (stream) =>
        made?.(
          null,
          stream.once('close', () => this.taken(stream)),
        ),
      (error: unknown) =>
        // Node takes no stream when there is an error; its types want one.
        (made as (error: Error) => void)(error instanceof Error ? error : new Error(String(error))),
    );
    return undefined;
  }
}
