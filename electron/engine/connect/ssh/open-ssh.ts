import { fail, ok, type Result } from '../../../../shared/base/result';
import type { Prompter, ServerConnection } from '../connection';
import type { Call } from '../../base/call';
import { ConnectionPool, type Open, patient } from '../common/pool';
import { emptyMemory } from './session/authenticate';
import { connect } from './session/connect';
import { faultAt } from '../common/faults';
import { RECONNECT_MS } from '../common/reconnect';
import { hopName, resolveRoute, withNotes } from './address/route';
import type { SshSession } from './session/session';
import { checkShell } from './session/shell-check';
import { SshConnection } from './ssh-connection';
import { isUnitName, unitName } from './machine/systemctl';
import type { SshTarget } from './address/target';

/** What may be set otherwise; tests do. */
export interface SshOptions {
  /** Whose connections are shared; default: one pool for the process. */
  readonly pool?: ConnectionPool<SshSession>;
  /** Milliseconds before each reconnect of a followed log. */
  readonly backoff?: readonly number[];
}

const sharedPool = new ConnectionPool<SshSession>();

/**
 * Connects to a server over SSH: one connection per server and endpoint, shared by everybody who opens it again. The host key
 * is checked, the person asked where needed; the call's limit stands still meanwhile.
 * @returns the connection, once somebody is logged in; else why not (`connection-refused`, `name-not-found`, `timed-out`,
 * `host-key-changed`, `host-key-unknown`, `authentication-failed`, `declined`, `endpoint-invalid`, `unit-name-invalid`,
 * `shell-noise`, `login-shell-refuses`, `forced-command`, …).
 */
export async function openSsh(
  target: SshTarget,
  prompter: Prompter,
  call: Call,
  options: SshOptions = {},
): Promise<Result<ServerConnection>> {
  const where = { server: target.id, endpoint: target.endpoint };
  if (!isUnitName(unitName(target.service)))
    return fail(
      faultAt(
        where,
        'unit-name-invalid',
        `${JSON.stringify(target.service)} is not the name of a systemd unit`,
        'Write the name that `systemctl list-units` shows, without wildcards.',
      ),
    );
  const route = await resolveRoute(target, where);
  if (!route.ok) return route;
  const memory = emptyMemory();
  const open: Open<SshSession> = async (signal, asking) =>
    usable(await connect(route.value, where, patient(prompter, asking), memory, signal), signal);
  const { host, port, user } = route.value;
  const way = route.value.jumps.map(hopName);
  const key = JSON.stringify([target.id, user, host, port, target.identity, target.knownHosts, way]);
  const lease = (options.pool ?? sharedPool).lease(key, open);
  const session = await lease.use(call, where);
  if (session.ok)
    return ok(new SshConnection(target, route.value.notes, lease, options.backoff ?? RECONNECT_MS));
  await lease.release();
  return fail(withNotes(session.error, route.value));
}

/** A connection over which commands run as they are sent; another one is closed again. */
async function usable(connected: Result<SshSession>, signal: AbortSignal): Promise<Result<SshSession>> {
  if (!connected.ok) return connected;
  const checked = await checkShell(connected.value, signal);
  if (checked.ok) return connected;
  await connected.value.close();
  return checked;
}
