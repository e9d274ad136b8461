import { fail, ok, type Result } from '../../../../../shared/base/result';
import type { Prompter } from '../../connection';
import type { Call } from '../../../base/call';
import { ConnectionPool, type Lease, patient } from '../../common/pool';
import type { ServerPlace } from '../../common/faults';
import { dockerFolder } from './context';
import type { DialSsh } from './dialer';
import { DockerEngine } from './docker-engine';
import { makeDialer } from './make-dialer';
import type { DockerEngineTarget } from './target';

/** The engines in use: each is dialled once, whatever number of its containers is spoken about. */
export type DockerEngines = ConnectionPool<DockerEngine>;

const shared: DockerEngines = new ConnectionPool<DockerEngine>();

/** How engines are reached. */
export interface DockerEngineOptions {
  readonly dialSsh: DialSsh;
  /** Whose engines are shared; default: those of the process. Tests have their own. */
  readonly engines?: DockerEngines;
}

/** A share of an engine; its holder gives it back. */
export interface DockerEngineLease {
  readonly engine: DockerEngine;
  release(): Promise<void>;
}

/**
 * The engine a fleet names, shared with others who speak to it. What a person is asked on the way (a host key, an engine
 * without TLS) is asked once for all; the call's limit stands still meanwhile.
 */
export async function leaseDockerEngine(
  target: DockerEngineTarget,
  prompter: Prompter,
  call: Call,
  { dialSsh, engines = shared }: DockerEngineOptions,
): Promise<Result<DockerEngineLease>> {
  const where: ServerPlace = { server: target.id, endpoint: target.endpoint };
  const { endpoint, certificates, home } = target;
  const key = JSON.stringify([endpoint, certificates, home, dockerFolder(target)]);
  const lease: Lease<DockerEngine> = engines.lease(key, async (signal, asking) => {
    const dialer = await makeDialer(target, where, patient(prompter, asking), signal, dialSsh);
    return dialer.ok ? ok(new DockerEngine(dialer.value)) : dialer;
  });
  const engine = await lease.use(call, where);
  if (engine.ok) return ok({ engine: engine.value, release: () => lease.release() });
  await lease.release();
  // Another server's connection may have been told it first.
  return fail({ ...engine.error, where: { ...engine.error.where, server: target.id } });
}
