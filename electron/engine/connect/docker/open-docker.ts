import { ok, type Result } from '../../../../shared/base/result';
import type { Prompter, ServerConnection } from '../connection';
import type { Call } from '../../base/call';
import { within } from '../common/limits';
import { RECONNECT_MS } from '../common/reconnect';
import { Container } from './api/container';
import { DockerConnection } from './docker-connection';
import { DockerApi } from './api/docker-api';
import { type DockerEngineOptions, leaseDockerEngine } from './api/docker-engines';
import type { DockerTarget } from './api/target';

/** How engines are reached, and what tests set otherwise. */
export interface DockerOptions extends DockerEngineOptions {
  /** Milliseconds before each reconnect of a followed log. */
  readonly backoff?: readonly number[];
}

/**
 * Connects to a server in a container. The engine's host key or a missing TLS is asked about where needed.
 * @returns the connection, once the container was seen; else why not (`engine-not-running`, `engine-permission-denied`,
 * `engine-tls-failed`, `engine-not-protected`, `context-not-found`, `no-such-container`, `endpoint-invalid`, …).
 */
export async function openDocker(
  target: DockerTarget,
  prompter: Prompter,
  call: Call,
  options: DockerOptions,
): Promise<Result<ServerConnection>> {
  const where = { server: target.id, endpoint: target.endpoint };
  const lease = await leaseDockerEngine(target, prompter, call, options);
  if (!lease.ok) return lease;
  const { engine, release } = lease.value;
  const api = new DockerApi(where, engine);
  const ready = await engine.dialer.ready(call);
  const seen = ready.ok
    ? await within(call, where, 'connecting', (signal) =>
        new Container(api, target.container).inspect(signal),
      )
    : ready;
  if (seen.ok) return ok(new DockerConnection(target, api, options.backoff ?? RECONNECT_MS, release));
  await release();
  return seen;
}
