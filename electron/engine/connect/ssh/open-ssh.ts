import { fail, ok, type Result } from '../../../../shared/result';
import type { Call, Person, ServerConnection } from '../connection';
import { ConnectionPool, type Open } from '../pool';
import { emptyMemory } from './authenticate';
import { connect } from './connect';
import { faultAt } from './faults';
import { cancelled, timedOut } from './limits';
import { RECONNECT_MS } from './logs';
import { hopName, resolveRoute, withNotes } from './route';
import type { SshSession } from './session';
import { SshConnection } from './ssh-connection';
import { isUnitName, unitName } from './systemctl';
import type { SshTarget } from './target';

/** What may be set otherwise; tests do. */
export interface SshOptions {
  /** Whose connections are shared; default: one pool for the process. */
  readonly pool?: ConnectionPool<SshSession>;
  /** Milliseconds before each reconnect of a followed log. */
  readonly backoff?: readonly number[];
}

const sharedPool = new ConnectionPool<SshSession>();

/**
 * Connects to a server over SSH: one connection per server and endpoint, shared by whoever opens it again. The host key
 * is checked, the person asked where needed; the call's limit stands still meanwhile.
 * @returns the connection, once somebody is logged in; else why not (`connection-refused`, `name-not-found`, `timed-out`,
 * `host-key-changed`, `host-key-unknown`, `authentication-failed`, `declined`, `endpoint-invalid`, `unit-name-invalid`, …).
 */
export async function openSsh(
  target: SshTarget,
  person: Person,
  call: Call,
  options: SshOptions = {},
): Promise<Result<ServerConnection>> {
  const at = { server: target.id, endpoint: target.endpoint };
  if (!isUnitName(unitName(target.service)))
    return fail(
      faultAt(
        at,
        'unit-name-invalid',
        `${JSON.stringify(target.service)} is not the name of a systemd unit`,
        'Write the name that `systemctl list-units` shows, without wildcards.',
      ),
    );
  const route = await resolveRoute(target, at);
  if (!route.ok) return route;
  const memory = emptyMemory();
  const open: Open<SshSession> = (signal, asking) => {
    const patient: Person = {
      acceptHostKey: (question, stop) => asking(() => person.acceptHostKey(question, stop)),
      secret: (question, stop) => asking(() => person.secret(question, stop)),
    };
    return connect(route.value, at, patient, memory, signal);
  };
  const { host, port, user } = route.value;
  const way = route.value.jumps.map(hopName);
  const key = JSON.stringify([target.id, user, host, port, target.identity, target.knownHosts, way]);
  const lease = (options.pool ?? sharedPool).lease(key, open);
  const session = await lease.use(call, (why) =>
    fail(why === 'cancelled' ? cancelled(at, 'connecting') : timedOut(at, 'connecting', call.timeoutMs)),
  );
  if (session.ok)
    return ok(new SshConnection(target, route.value.notes, lease, options.backoff ?? RECONNECT_MS));
  await lease.release();
  return fail(withNotes(session.error, route.value));
}
