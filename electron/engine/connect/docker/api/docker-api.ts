import { type IncomingMessage, request as httpRequest } from 'node:http';
import type { z } from 'zod';
import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import { traceStep } from '../../../base/trace';
import type { ServerPlace } from '../../common/faults';
import { Gate } from '../../common/gate';
import { settle, Stopped, stopFault, timedOut } from '../../common/limits';
import { negotiate } from './api-version';
import type { Dialer, Use } from './dialer';
import type { DockerEngine, DockerEngineAbout } from './docker-engine';
import { dockerFault, type Refusal, refused } from './faults';
import { readBody, readJson, readRefusal } from './read-reply';
import * as replies from './replies';

/** One request. Parts of the path that come from outside are encoded by the caller. */
export interface Request {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Without the API's version, which is put in front. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** A tar, for PUT. */
  readonly tar?: Buffer;
  /** What is being done, for messages: `reading /data/server.toml`. */
  readonly doing: string;
  /** The engine answers only when something is over (a stop, a program's end): only the signal ends the wait. */
  readonly patient?: boolean;
  /** Refusals the caller has words for. Null: not this one. */
  readonly expected?: (refusal: Refusal) => Fault | null;
}

/** An engine answers at once, if only with the head of a stream. Milliseconds. */
const ANSWER_MS = 30_000;
/** Requests one server may have under way at a time: a container whose commands hang must leave room for the others. */
const AT_ONCE = 6;
const WELL = new Set([200, 201, 204, 304]);

/**
 * The HTTP API of an engine, spoken about one of its servers. Replies are read by schemas with limits; every request
 * listens to its signal, and has an end of its own.
 */
export class DockerApi {
  private readonly gate = new Gate(AT_ONCE);

  constructor(
    readonly where: ServerPlace,
    private readonly engine: DockerEngine,
  ) {}

  get dialer(): Dialer {
    return this.engine.dialer;
  }

  /** A request answered by JSON. */
  json<T>(request: Request, schema: z.ZodType<T>, signal: AbortSignal): Promise<Result<T>> {
    return this.whole(request, signal, (reply, limit) =>
      readJson(reply, schema, this.where, request.doing, limit),
    );
  }

  /** A request whose answer holds nothing to be read. */
  done(request: Request, signal: AbortSignal): Promise<Result<void>> {
    return this.whole(request, signal, async (reply, limit) => {
      const read = await readBody(reply, this.where, request.doing, limit);
      return read.ok ? ok(undefined) : read;
    });
  }

  /** A request answered by a stream, which the caller reads to its end or destroys. */
  async stream(request: Request, signal: AbortSignal, use: Use = 'call'): Promise<Result<IncomingMessage>> {
    // What is followed has streams of its own, and no call waits behind it.
    const leave = use === 'follow' ? ok(() => undefined) : await this.gate.enter([signal]);
    if (!leave.ok) return leave;
    const reply = await this.send(request, signal, use);
    if (!reply.ok || reply.value.closed) leave.value();
    else reply.value.once('end', leave.value).once('close', leave.value);
    return reply;
  }

  /** Docker or Podman, and which version of the API is spoken; asked once for all servers of the engine. */
  async about(signal: AbortSignal): Promise<Result<DockerEngineAbout>> {
    const about = await this.engine.about(() => this.ask(AbortSignal.timeout(ANSWER_MS)), signal);
    return about.ok
      ? about
      : fail({ ...about.error, where: { ...about.error.where, server: this.where.server } });
  }

  private async ask(signal: AbortSignal): Promise<Result<DockerEngineAbout>> {
    const request = { method: 'GET', path: '/version', doing: 'asking what engine this is' } as const;
    // The one request without a version: it is what tells the version.
    const reply = await this.exchange(request, request.path, signal, 'call');
    if (!reply.ok) return reply;
    const told = await readJson(reply.value, replies.version, this.where, request.doing, signal);
    if (!told.ok) return told;
    const { Version, ApiVersion, MinAPIVersion, Components } = told.value;
    const api = negotiate(this.where, ApiVersion, MinAPIVersion ?? null);
    if (!api.ok) return api;
    const name = Components.some((it) => /podman/i.test(it.Name)) ? 'podman' : 'docker';
    return ok({ name, version: Version, api: api.value });
  }

  /** Head and body under one limit. */
  private async whole<T>(
    request: Request,
    signal: AbortSignal,
    read: (reply: IncomingMessage, limit: AbortSignal) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const leave = await this.gate.enter([signal]);
    if (!leave.ok) return leave;
    const limit = this.limited(request, signal);
    try {
      const reply = await this.send(request, limit.signal, 'call');
      return reply.ok ? await read(reply.value, limit.signal) : reply;
    } finally {
      limit.end();
      leave.value();
    }
  }

  private limited({ doing, patient = false }: Request, outer: AbortSignal) {
    const stop = new AbortController();
    const abort = () => stop.abort(new Stopped(stopFault(outer)));
    const late = () => stop.abort(new Stopped(timedOut(this.where, doing, ANSWER_MS)));
    if (outer.aborted) abort();
    outer.addEventListener('abort', abort, { once: true });
    const timer = patient ? null : setTimeout(late, ANSWER_MS);
    return {
      signal: stop.signal,
      end: () => {
        if (timer !== null) clearTimeout(timer);
        outer.removeEventListener('abort', abort);
      },
    };
  }

  private async send(request: Request, signal: AbortSignal, use: Use): Promise<Result<IncomingMessage>> {
    const about = await this.about(signal);
    if (!about.ok) return about;
    return this.exchange(request, `/v${about.value.api}${request.path}`, signal, use);
  }

  /** Sends a request and waits for the head of its answer. The signal ends the body too. */
  private exchange(
    request: Request,
    path: string,
    signal: AbortSignal,
    use: Use,
  ): Promise<Result<IncomingMessage>> {
    return traceStep(
      [request.method, path],
      () => this.answered(request, path, signal, use),
      ({ statusCode }) => `status ${statusCode ?? 0}`,
    );
  }

  private async answered(
    request: Request,
    path: string,
    signal: AbortSignal,
    use: Use,
  ): Promise<Result<IncomingMessage>> {
    const limit = this.limited(request, signal);
    const reply = await this.head(request, path, limit.signal, use);
    limit.end();
    if (!reply.ok) return reply;
    const { statusCode = 0 } = reply.value;
    if (WELL.has(statusCode)) {
      endWith(reply.value, signal);
      return reply;
    }
    const message = await readRefusal(reply.value, this.where, request.doing, AbortSignal.timeout(ANSWER_MS));
    if (signal.aborted) return fail(stopFault(signal));
    // As after an upgrade of the engine while it is used: `client version 1.41 is too old`.
    if (statusCode === 400 && message.includes('client version')) this.engine.forget();
    const refusal = { statusCode, message };
    return fail(request.expected?.(refusal) ?? refused(this.where, refusal, request.doing));
  }

  private head(
    { method, query = {}, body = {}, tar, doing }: Request,
    path: string,
    signal: AbortSignal,
    use: Use,
  ): Promise<Result<IncomingMessage>> {
    const isTar = tar !== undefined;
    const sent = tar ?? (Object.keys(body).length === 0 ? null : Buffer.from(JSON.stringify(body)));
    const asked = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
    return settle<IncomingMessage>([signal], (done) => {
      // Node's own client: it follows no redirect, collects no body and reads no variable of the environment.
      const request = httpRequest({
        method,
        host: 'engine',
        path: asked.size === 0 ? path : `${path}?${asked.toString()}`,
        agent: this.engine.agent(use),
        ...(sent === null
          ? {}
          : {
              headers: {
                'Content-Type': isTar ? 'application/x-tar' : 'application/json',
                'Content-Length': sent.length,
              },
            }),
      });
      request.on('response', (reply) => {
        // The reader listens too; an answer that breaks while nobody reads must not end the process.
        done(ok(reply.on('error', () => undefined)));
      });
      request.on('error', (error) => {
        this.engine.forget();
        done(fail(dockerFault(this.where, error, doing, signal)));
      });
      request.end(sent ?? undefined);
      return () => {
        request.destroy();
      };
    });
  }
}

/** Ends a stream when the signal does; its reader is told by an error. */
function endWith(stream: IncomingMessage, signal: AbortSignal): void {
  const end = () => {
    stream.destroy(new Error('stopped'));
  };
  if (signal.aborted) {
    end();
    return;
  }
  signal.addEventListener('abort', end, { once: true });
  stream.once('close', () => signal.removeEventListener('abort', end));
}
