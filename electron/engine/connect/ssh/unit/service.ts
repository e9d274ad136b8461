import type { ServiceState } from '../../../../../shared/observed/observed';
import { fail, ok, type Result } from '../../../../../shared/base/result';
import type { Output } from '../../connection';
import { faultAt } from '../../common/faults';
import { changeUnit, showUnit } from '../commands/systemd';
import type { Machine } from '../machine/machine';
import { readProperties } from '../machine/systemctl';

/** What `serviceState` reads. */
export const SERVICE_PROPERTIES = [
  ...['LoadState', 'ActiveState', 'SubState', 'Result'],
  ...['MainPID', 'ExecMainStartTimestampMonotonic'],
];

/** The unit as systemd has it. */
export async function readService(machine: Machine, signal: AbortSignal): Promise<Result<ServiceState>> {
  const shown = await machine.run(showUnit(machine.unit, SERVICE_PROPERTIES), signal);
  return shown.ok ? serviceState(machine, shown.value, readProperties(shown.value.stdout)) : shown;
}

/**
 * Starts, stops or restarts the unit, then says how it is. A unit that does not come up is an answer (`failed`), not a
 * fault: what is to be done about it is decided above. A fault is a systemctl that did nothing.
 */
export async function changeService(
  machine: Machine,
  verb: 'start' | 'stop' | 'restart',
  signal: AbortSignal,
): Promise<Result<ServiceState>> {
  const done = await machine.runAsRoot(changeUnit(machine.unit, verb), signal);
  return stateAfter(machine, verb, done, signal, {
    isRefusal: (_output, said) => /access denied|authentication|not permitted/i.test(said),
    fix: 'Connect as root, or set `sudo = true` for this server; `systemctl status` there says more.',
  });
}

/**
 * How the unit is after a command was asked of systemctl, by whichever way.
 * @param way how a refusal shows, after which a unit that is down is no answer, and what to do about a fault.
 */
export async function stateAfter(
  machine: Machine,
  verb: string,
  done: Result<Output>,
  signal: AbortSignal,
  way: { readonly isRefusal: (output: Output, said: string) => boolean; readonly fix: string },
): Promise<Result<ServiceState>> {
  machine.forgetServiceUser();
  if (!done.ok) return done;
  const state = await readService(machine, signal);
  if (!state.ok || done.value.exitCode === 0) return state;
  const said = `${done.value.stdout}${done.value.stderr}`.trim();
  const { state: now, detail, ...process } = state.value;
  if (['failed', 'starting', 'stopping'].includes(now) && !way.isRefusal(done.value, said))
    return ok({ state: now, detail: `${detail}: ${said}`, ...process });
  return fail(
    faultAt(
      machine.where,
      'service-command-failed',
      `systemctl ${verb} ${machine.unit} did not work; the unit is ${detail}`,
      way.fix,
      { detail: said },
    ),
  );
}

/** Reads the state out of `systemctl show`'s properties, or says why there is none. */
export function serviceState(
  machine: Machine,
  output: Output,
  properties: Readonly<Record<string, string>>,
): Result<ServiceState> {
  const { where, unit } = machine;
  const active = properties['ActiveState'];
  if (active === undefined)
    return fail(
      faultAt(
        where,
        'no-systemd',
        'systemd does not answer on the server',
        'Kanilink runs kanidmd as a systemd unit over SSH; connect to a container by the Docker API.',
        { detail: output.stderr.trim() },
      ),
    );
  if (properties['LoadState'] === 'not-found')
    return fail(
      faultAt(
        where,
        'unit-not-found',
        `there is no unit ${unit}`,
        'Write its name into the fleet file: service = "kanidmd"; `systemctl list-units` shows them.',
      ),
    );
  const result = properties['Result'];
  const detail = `${active} (${properties['SubState'] ?? '?'})`;
  return ok({
    state: states[active] ?? 'stopped',
    detail: active === 'failed' && result ? `${detail}, ${result}` : detail,
    ...processOf(properties),
  });
}

/** systemd notes the start by the clock that counts from the boot: to the microsecond, and never again. */
function processOf(properties: Readonly<Record<string, string>>): Pick<ServiceState, 'process'> {
  const [pid, started] = [properties['MainPID'], properties['ExecMainStartTimestampMonotonic']];
  return Number(pid) > 0 && Number(started) > 0 ? { process: `${pid} ${started}` } : {};
}

const states: Readonly<Record<string, ServiceState['state']>> = {
  active: 'running',
  reloading: 'running',
  refreshing: 'running',
  activating: 'starting',
  deactivating: 'stopping',
  maintenance: 'stopping',
  inactive: 'stopped',
  failed: 'failed',
};
