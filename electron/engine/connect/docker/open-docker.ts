import { ok, type Result } from '../../../../shared/base/result';
import type { Person, ServerConnection } from '../connection';
import type { Call } from '../../base/call';
import { within } from '../common/limits';
import { RECONNECT_MS } from '../common/reconnect';
import { Container } from './api/container';
import { DockerConnection } from './docker-connection';
import { EngineApi } from './api/engine-api';
import { type EngineOptions, leaseEngine } from './api/engines';
import type { DockerTarget } from './api/target';

/** How engines are reached, and what tests set otherwise. */
export interface DockerOptions extends EngineOptions {
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
  person: Person,
  call: Call,
  options: DockerOptions,
): Promise<Result<ServerConnection>> {
  const at = { server: target.id, endpoint: target.endpoint };
  const lease = await leaseEngine(target, person, call, options);
  if (!lease.ok) return lease;
  const { engine, release } = lease.value;
  const api = new EngineApi(at, engine);
  const ready = await engine.dialer.ready(call);
  const seen = ready.ok
    ? await within(call, at, 'connecting', (signal) => new Container(api, target.container).inspect(signal))
    : ready;
  if (seen.ok) return ok(new DockerConnection(target, api, options.backoff ?? RECONNECT_MS, release));
  await release();
  return seen;
}
