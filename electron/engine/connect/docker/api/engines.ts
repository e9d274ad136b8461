import { fail, ok, type Result } from '../../../../../shared/base/result';
import type { Person } from '../../connection';
import type { Call } from '../../../base/call';
import { ConnectionPool, type Lease, patient } from '../../common/pool';
import type { At } from '../../common/faults';
import { dockerFolder } from './context';
import type { DialSsh } from './dialer';
import { Engine } from './engine';
import { makeDialer } from './make-dialer';
import type { EngineTarget } from './target';

/** The engines in use: each is dialled once, whatever number of its containers is spoken about. */
export type Engines = ConnectionPool<Engine>;

const shared: Engines = new ConnectionPool<Engine>();

/** How engines are reached. */
export interface EngineOptions {
  readonly dialSsh: DialSsh;
  /** Whose engines are shared; default: those of the process. Tests have their own. */
  readonly engines?: Engines;
}

/** A share of an engine; its holder gives it back. */
export interface EngineLease {
  readonly engine: Engine;
  release(): Promise<void>;
}

/**
 * The engine a fleet names, shared with others who speak to it. What a person is asked on the way (a host key, an engine
 * without TLS) is asked once for all; the call's limit stands still meanwhile.
 */
export async function leaseEngine(
  target: EngineTarget,
  person: Person,
  call: Call,
  { dialSsh, engines = shared }: EngineOptions,
): Promise<Result<EngineLease>> {
  const at: At = { server: target.id, endpoint: target.endpoint };
  const { endpoint, certificates, home } = target;
  const key = JSON.stringify([endpoint, certificates, home, dockerFolder(target)]);
  const lease: Lease<Engine> = engines.lease(key, async (signal, asking) => {
    const dialer = await makeDialer(target, at, patient(person, asking), signal, dialSsh);
    return dialer.ok ? ok(new Engine(dialer.value)) : dialer;
  });
  const engine = await lease.use(call, at);
  if (engine.ok) return ok({ engine: engine.value, release: () => lease.release() });
  await lease.release();
  // Another server's connection may have been told it first.
  return fail({ ...engine.error, where: { ...engine.error.where, server: target.id } });
}
