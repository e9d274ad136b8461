import { docker } from '../../../../../shared/connect/docker/docker';
import { posix } from 'node:path';
import { clockOffset } from '../../common/server-clock';
import type { ContainerFacts, HostFacts } from '../../../../../shared/observed/observed';
import { mountAt } from '../../../../../shared/observed/container-mounts';
import { ok, type Result } from '../../../../../shared/base/result';
import { stat } from '../files/archive';
import { type Container, type Inspected, nameOf } from '../api/container';
import { managerOf } from '../inspect/manager';
import { ownerOf } from '../files/owner';
import { isSingleFile, mountsOf } from '../inspect/mounts';
import { environmentOf, serverCommand } from '../inspect/program';
import { stateOf } from './service';
import { engineNow } from '../api/clock';

/** Where the container image has it (`kanidm.md`, "Where it lies"). */

/**
 * The config's path: the fleet's, `-c` of the command, `KANIDM_CONFIG`, or the image's default. kanidmd finds one that is not
 * absolute from the folder it is started in; the archive API would look from the root.
 */
export function configPathOf(seen: Inspected, named: string | null): string {
  const path =
    named ?? serverCommand(seen).config ?? environmentOf(seen)['KANIDM_CONFIG'] ?? docker.usualConfig;
  return posix.isAbsolute(path) ? path : posix.resolve('/', seen.Config.WorkingDir, path);
}

/** Everything the engine knows about the container and its host. Changes nothing. */
export async function hostFacts(
  container: Container,
  seen: Inspected,
  named: string | null,
  signal: AbortSignal,
): Promise<Result<HostFacts>> {
  const clock = await clockOffset(() => engineNow(container.api, signal));
  if (!clock.ok) return clock;
  const environment = environmentOf(seen);
  const configPath = configPathOf(seen, named);
  const started = Date.parse(seen.State.StartedAt);
  return ok({
    configPath,
    overrides: Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith('KANIDM_'))),
    publishedPorts: publishedPorts(seen),
    manager: managerOf(seen),
    // The engine's clock is the container's: both read the same kernel's.
    clockOffsetMs: clock.value,
    startedAt: seen.State.Running && started > 0 ? started : null,
    runningVersion: null,
    service: stateOf(seen),
    container: await containerFacts(container, seen, configPath, signal),
  });
}

/** What the engine is, in words; it was spoken to before, so this costs nothing. */
async function engineOf(container: Container, signal: AbortSignal): Promise<string | null> {
  const about = await container.api.about(signal);
  if (!about.ok) return null;
  const { name, version, api } = about.value;
  return `${name === 'podman' ? 'Podman' : 'Docker Engine'} ${version}, API ${api}`;
}

/** Ports of the host that others can dial; null: the container uses the host's own network. */
function publishedPorts(seen: Inspected): readonly number[] | null {
  if (seen.HostConfig.NetworkMode === 'host') return null;
  const ports = bindings(seen).filter(({ hostIp }) => !isLoopback(hostIp));
  return [...new Set(ports.map(({ hostPort }) => hostPort))];
}

/** Podman does not name the host's own network among them. */
function networksOf(seen: Inspected): readonly string[] {
  if (seen.HostConfig.NetworkMode === 'host') return ['host'];
  return Object.keys(seen.NetworkSettings.Networks).filter((it) => it !== 'none');
}

const isLoopback = (ip: string): boolean => ip === '::1' || ip.startsWith('127.');

/** What is published; of a container that does not run, what will be when it does. */
function bindings(seen: Inspected): ContainerFacts['ports'] {
  const ports = seen.State.Running ? seen.NetworkSettings.Ports : seen.HostConfig.PortBindings;
  return Object.entries(ports).flatMap(([name, hosts]) => {
    const container = /^(\d+)\/tcp$/.exec(name)?.[1];
    if (container === undefined) return [];
    return hosts.map(({ HostIp, HostPort }) => ({
      containerPort: Number(container),
      hostIp: HostIp,
      hostPort: Number(HostPort),
    }));
  });
}

async function containerFacts(
  container: Container,
  seen: Inspected,
  configPath: string,
  signal: AbortSignal,
): Promise<ContainerFacts> {
  const mounts = mountsOf(seen);
  const at = (path: string) => {
    const mount = mountAt(mounts, path);
    if (mount === null) return 'layer' as const;
    if (mount.type === 'tmpfs') return 'tmpfs' as const;
    if (!mount.writable) return 'read-only' as const;
    return isSingleFile(mount, path) ? ('single-file' as const) : ('mount' as const);
  };
  // Where the path leads decides, when it is there to be followed.
  const there = await stat(container, configPath, signal);
  const file = there.ok ? there.value : null;
  return {
    id: seen.Id,
    name: nameOf(seen),
    image: seen.Config.Image,
    restartPolicy: seen.HostConfig.RestartPolicy?.Name || 'no',
    networks: networksOf(seen),
    ports: bindings(seen),
    mounts,
    configOn: there.ok && file === null ? null : at(file?.realPath ?? configPath),
    // Podman does not always tell: then the file cannot be replaced, which is to be known before a deploy.
    ownerKnown: file === null ? null : (await ownerOf(container, seen, file.realPath, file, signal)).ok,
    autoRemoved: seen.HostConfig.AutoRemove,
    memory: seen.HostConfig.Memory || null,
    composeProject: seen.Config.Labels['com.docker.compose.project'] ?? null,
    unit: seen.Config.Labels['PODMAN_SYSTEMD_UNIT'] ?? null,
    engine: await engineOf(container, signal),
    unitInReach: container.api.dialer.onHost !== null,
  };
}
