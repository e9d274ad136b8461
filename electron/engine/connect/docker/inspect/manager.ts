import type { HostFacts } from '../../../../../shared/observed/observed';
import type { Inspected } from '../api/container';

/** Who made the container and starts it again, told by its labels (`kanidm.md`, "Rules to check"). */
export function managerOf(seen: Inspected): HostFacts['manager'] {
  const labels = seen.Config.Labels;
  if (Object.keys(labels).some((name) => name.startsWith('io.kubernetes.'))) return 'kubernetes';
  if (Object.keys(labels).some((name) => name.startsWith('com.docker.swarm.'))) return 'swarm';
  if (labels['PODMAN_SYSTEMD_UNIT']) return 'podman-systemd';
  if (labels['com.docker.compose.project'] || labels['io.podman.compose.project']) return 'compose';
  return 'docker';
}

/** The systemd unit that runs a Podman container; null: none, or a name that is no unit’s. */
export function podmanUnit(seen: Inspected): string | null {
  const unit = seen.Config.Labels['PODMAN_SYSTEMD_UNIT'] ?? '';
  return /^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]*\.service$/.test(unit) ? unit : null;
}
