import { ok, type Result } from '../../../../shared/result';
import type { Call, Person, ServerConnection } from '../connection';
import type { ConnectionPool } from '../pool';
import { RECONNECT_MS } from '../ssh/logs';
import type { SshSession } from '../ssh/session';
import { within } from '../ssh/limits';
import { Container } from './container';
import { DockerConnection } from './docker-connection';
import { EngineApi } from './engine-api';
import { makeDialer } from './make-dialer';
import type { DockerTarget } from './target';

/** What may be set otherwise; tests do. */
export interface DockerOptions {
  /** Whose SSH connections are shared; default: one pool for the process. */
  readonly pool?: ConnectionPool<SshSession>;
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
  options: DockerOptions = {},
): Promise<Result<ServerConnection>> {
  const at = { server: target.id, endpoint: target.endpoint };
  const dialer = await makeDialer(target, at, person, call.signal, options.pool);
  if (!dialer.ok) return dialer;
  const api = new EngineApi(at, dialer.value);
  const ready = await dialer.value.ready(call);
  const seen = ready.ok
    ? await within(call, at, 'connecting', (signal) => new Container(api, target.container).inspect(signal))
    : ready;
  if (seen.ok) return ok(new DockerConnection(target, api, options.backoff ?? RECONNECT_MS));
  await api.close();
  return seen;
}
