import { isDeepStrictEqual } from 'node:util';
import { isAnonymous } from '../../../../../shared/observed/container-mounts';
import type { ServiceState } from '../../../../../shared/observed/observed';
import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import { type ServerPlace, faultAt } from '../../common/faults';
import type { Container, Inspected } from '../api/container';
import { managerOf, podmanUnit } from '../inspect/manager';
import { mountsOf } from '../inspect/mounts';
import { isRootless } from '../api/rootless';

export type Verb = 'start' | 'stop' | 'restart';

/**
 * The container's state in the seam's words, with the engine's own in its detail. The healthcheck's state is shown there
 * and nothing waits for it: it may say `starting` for a minute after kanidmd answers (`kanidm.md`, "HEALTHCHECK").
 * @param asked the start of the process that was asked to stop; null: none was. The engine has no word for it.
 */
export function stateOf(seen: Inspected, asked: string | null = null): ServiceState {
  const { Id, State } = seen;
  // The engine notes the start, to the nanosecond, and never again.
  const process = State.Running ? { process: `${Id} ${State.StartedAt}` } : {};
  return { ...stateIn(seen, asked), ...process };
}

function stateIn(seen: Inspected, asked: string | null): ServiceState {
  const { Status, ExitCode, Error: error, Health } = seen.State;
  if (Status === 'running' && asked !== null && seen.State.StartedAt === asked)
    return { state: 'stopping', detail: 'running, asked to stop' };
  const health = Health && Health.Status !== 'none' && Health.Status !== '' ? ` (${Health.Status})` : '';
  switch (Status) {
    case 'running':
      return { state: 'running', detail: `running${health}` };
    case 'restarting':
      return { state: 'starting', detail: `restarting after exit ${ExitCode}` };
    case 'removing':
    case 'stopping':
      return { state: 'stopping', detail: Status };
    case 'paused':
      return { state: 'stopped', detail: 'paused' };
    case 'created':
      return error
        ? { state: 'failed', detail: `created, ${error}` }
        : { state: 'stopped', detail: 'created' };
    default: {
      // Ended by the signals of a stop, or by itself without complaint.
      const stopped = ExitCode === 0 || ExitCode === 137 || ExitCode === 143;
      const detail = `${Status} (${ExitCode})${error ? `, ${error}` : ''}`;
      return { state: stopped ? 'stopped' : 'failed', detail };
    }
  }
}

/**
 * Starts, stops or restarts the container, then says how it is. Whether kanidmd in it is well is for kanidmd to say: a
 * healthcheck is not waited for. The restart policy stays as it is. A container that a systemd unit runs is changed through the unit, for systemd would take the end
 * of the container for a failure.
 */
export async function changeService(
  container: Container,
  verb: Verb,
  signal: AbortSignal,
): Promise<Result<ServiceState>> {
  const seen = await container.inspect(signal);
  if (!seen.ok) return seen;
  const no = checkChangeable(container.where, seen.value);
  if (no !== null) return fail(no);
  if (managerOf(seen.value) !== 'podman-systemd') {
    const changed = await throughEngine(container, verb, signal);
    return changed.ok ? stateNow(await container.inspect(signal)) : changed;
  }
  // Podman would forget it, and nothing could be asked to start it again.
  if (verb === 'stop' && seen.value.HostConfig.AutoRemove) return fail(goneWhenStopped(container.where));
  const changed = await throughSystemd(container, seen.value, verb, signal);
  return changed.ok
    ? stateNow(await container.follow((now) => isMadeAgain(seen.value, now), signal))
    : changed;
}

const stateNow = (seen: Result<Inspected>): Result<ServiceState> =>
  seen.ok ? ok(stateOf(seen.value)) : seen;

/** Whether a unit made its container again, as Quadlet does at each start: the same program on the same files. */
const isMadeAgain = (before: Inspected, now: Inspected): boolean =>
  podmanUnit(before) !== null &&
  podmanUnit(now) === podmanUnit(before) &&
  isDeepStrictEqual(lastingOf(now), lastingOf(before));

/** What stays the same when a container is made again, in an order of its own. */
const lastingOf = (seen: Inspected) => ({
  image: seen.Image,
  command: [seen.Path, ...seen.Args],
  mounts: [...mountsOf(seen)].sort((a, b) => a.destination.localeCompare(b.destination)),
});

const goneWhenStopped = (where: ServerPlace): Fault =>
  faultAt(
    where,
    'container-gone-when-stopped',
    'the unit of this container removes it when it is stopped, so it cannot be stopped for a while. It was not stopped',
    'Stop the unit by hand, or use a kanidmd of 1.9 or later, whose backups need no stop.',
  );

async function throughEngine(
  container: Container,
  verb: Verb,
  signal: AbortSignal,
): Promise<Result<unknown>> {
  const failed = (message: string): Fault =>
    faultAt(
      container.where,
      'service-command-failed',
      `the engine could not ${verb} container ${container.name}`,
      'See what it printed below.',
      { detail: message },
    );
  return container.done(
    `/${verb}`,
    {
      method: 'POST',
      // A stop is answered when it is over.
      patient: true,
      doing: `${verb} container ${container.name}`,
      expected: ({ statusCode, message }) => (statusCode === 404 ? null : failed(message)),
    },
    signal,
  );
}

/** `systemctl` on the engine's host; `--user` for a rootless engine. */
async function throughSystemd(
  container: Container,
  seen: Inspected,
  verb: Verb,
  signal: AbortSignal,
): Promise<Result<unknown>> {
  const { where, api } = container;
  const unit = podmanUnit(seen);
  const { onHost } = api.dialer;
  if (unit === null || onHost === null) return fail(systemdOutOfReach(where, verb, unit));
  const rootless = await isRootless(api, signal);
  if (!rootless.ok) return rootless;
  const done = await onHost(['systemctl', ...(rootless.value ? ['--user'] : []), verb, unit], signal);
  if (!done.ok || done.value.exitCode === 0) return done;
  return fail(
    faultAt(
      where,
      'service-command-failed',
      `systemctl ${verb} ${unit} did not work`,
      'Check that this user may change the unit on the engine’s host; `systemctl status` there says more.',
      { detail: `${done.value.stdout}${done.value.stderr}`.trim() },
    ),
  );
}

/**
 * Why nothing of this container may be changed, neither a file nor what runs in it; null: it may. One that was made with
 * `--rm` is removed whenever it ends, and its anonymous volumes with it, so it is not stopped, nor given what a start may
 * fail of. A unit of Podman makes its container again at each start: there only what lies on such a volume is lost.
 */
export function checkChangeable(where: ServerPlace, seen: Inspected): Fault | null {
  const manager = managerOf(seen);
  if (manager === 'kubernetes') return managedByKubernetes(where);
  if (manager === 'swarm') return managedBySwarm(where);
  if (!seen.HostConfig.AutoRemove) return null;
  return manager !== 'podman-systemd' || mountsOf(seen).some(isAnonymous) ? autoRemoved(where) : null;
}

const autoRemoved = (where: ServerPlace): Fault =>
  faultAt(
    where,
    'container-auto-removed',
    'this container was made with --rm: when it ends, the engine removes it and its anonymous volumes. Nothing was changed',
    'Make it again without --rm, with server.toml and database on named volumes or folders of the host.',
  );

/** Kubernetes would undo it; what it runs is only looked at. */
const managedByKubernetes = (where: ServerPlace): Fault =>
  faultAt(
    where,
    'managed-by-kubernetes',
    'Kubernetes manages this container; Kanilink only looks at it',
    'Make the change in what Kubernetes deploys.',
  );

/** A swarm starts another task, from its image, as soon as one ends. */
const managedBySwarm = (where: ServerPlace): Fault =>
  faultAt(
    where,
    'managed-by-swarm',
    'a Docker swarm manages this container; Kanilink only looks at it',
    'Make the change in the service of the swarm.',
  );

const systemdOutOfReach = (where: ServerPlace, verb: Verb, unit: string | null): Fault =>
  faultAt(
    where,
    'systemd-out-of-reach',
    `this container is run by a systemd unit${unit === null ? '' : ` (${unit})`}, which cannot be reached over this endpoint`,
    `Use its socket on this machine or ssh://user@host as the endpoint, or ${verb} the unit there by hand.`,
  );
