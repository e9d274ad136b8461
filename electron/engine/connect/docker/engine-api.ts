import type { IncomingMessage } from 'node:http';
import Docker from 'dockerode';
import { fail, ok, type Result } from '../../../../shared/result';
import type { At } from '../ssh/faults';
import { settle, stopFault } from '../ssh/limits';
import { type Dialer, DialingAgent } from './dialer';
import { engineFault, type Refusal, refusalOf } from './faults';

/** One request. Parts of the path that come from outside are encoded by whoever writes it. */
export interface Request {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** A tar, for PUT. */
  readonly tar?: Buffer;
  /** What is being done, for messages: `reading /data/server.toml`. */
  readonly doing: string;
  /** Refusals the caller has words for. Null: not this one. */
  readonly expected?: (refusal: Refusal) => ReturnType<typeof engineFault> | null;
}

export interface EngineKind {
  readonly name: 'docker' | 'podman';
  /** Runs as an ordinary user, with a user namespace of its own. */
  readonly rootless: boolean;
}

/** The HTTP API of one engine over one dialer. Answers are values; every request listens to its signal. */
export class EngineApi {
  private readonly modem: Docker['modem'];
  private readonly agent: DialingAgent;
  private known: EngineKind | null = null;

  constructor(
    readonly at: At,
    readonly dialer: Dialer,
  ) {
    this.agent = new DialingAgent(dialer);
    this.modem = modemOver(this.agent);
  }

  /** A request answered by JSON (or nothing). */
  async json(request: Request, signal: AbortSignal): Promise<Result<unknown>> {
    return this.dial<unknown>(request, false, signal);
  }

  /** A request answered by a stream, which the caller reads to its end or destroys. */
  async stream(request: Request, signal: AbortSignal): Promise<Result<IncomingMessage>> {
    return this.dial<IncomingMessage>(request, true, signal);
  }

  /** Docker or Podman, asked once. */
  async kind(signal: AbortSignal): Promise<Result<EngineKind>> {
    if (this.known !== null) return ok(this.known);
    const doing = 'asking what engine this is';
    const version = await this.json({ method: 'GET', path: '/version', doing }, signal);
    if (!version.ok) return version;
    const info = await this.json({ method: 'GET', path: '/info', doing }, signal);
    if (!info.ok) return info;
    const { Components } = version.value as { readonly Components?: readonly { readonly Name: string }[] };
    const { SecurityOptions } = info.value as { readonly SecurityOptions?: readonly string[] | null };
    this.known = {
      name: (Components ?? []).some((it) => /podman/i.test(it.Name)) ? 'podman' : 'docker',
      rootless: (SecurityOptions ?? []).some((it) => /rootless/.test(it) && !/rootless=false/.test(it)),
    };
    return ok(this.known);
  }

  async close(): Promise<void> {
    this.agent.destroy();
    await this.dialer.close();
  }

  private dial<T>(request: Request, isStream: boolean, signal: AbortSignal): Promise<Result<T>> {
    const { method, path, query = {}, body = {}, tar, doing } = request;
    return settle<T>([signal], (done) => {
      const stop = new AbortController();
      const answered = (error: unknown, value: unknown): void => {
        if (error === null || error === undefined) return done(ok(value as T));
        const refusal = refusalOf(error);
        const fault = refusal === null ? null : (request.expected?.(refusal) ?? null);
        done(fail(fault ?? engineFault(this.at, error, doing, signal)));
      };
      this.modem.dial(
        {
          method,
          path: `${path}?`,
          // A body that is empty is not sent.
          options: { _query: query, _body: body },
          ...(tar === undefined ? {} : { file: tar, headers: { 'Content-Type': 'application/x-tar' } }),
          abortSignal: isStream ? signal : stop.signal,
          isStream,
          statusCodes: { 200: true, 201: true, 204: true, 304: true },
        },
        answered,
      );
      return () => stop.abort(stopFault(signal));
    });
  }
}

/**
 * A modem that dials only through the agent. Its constructor reads DOCKER_HOST and its companions before it looks at what
 * it is given, and throws on odd ones; the fleet alone says where a server is, so they are out of sight meanwhile.
 */
function modemOver(agent: DialingAgent): Docker['modem'] {
  const hidden = new Map<string, string>();
  for (const name of Object.keys(process.env).filter((it) => it.startsWith('DOCKER_'))) {
    hidden.set(name, process.env[name] ?? '');
    Reflect.deleteProperty(process.env, name);
  }
  try {
    const options = { protocol: 'http', host: 'engine', port: 80, agent } as const;
    return new Docker(options).modem;
  } finally {
    for (const [name, value] of hidden) process.env[name] = value;
  }
}
