import { posix } from 'node:path';
import type { ContainerMount as Mount } from '../../../../../shared/observed/observed';
import type { Inspected } from '../api/container';

/** The container's mounts, tmpfs ones included. */
export function mountsOf(seen: Inspected): readonly Mount[] {
  const mounts = seen.Mounts.map((mount): Mount => ({
    type: mount.Type,
    destination: posix.normalize(mount.Destination),
    source: mount.Source,
    volume: mount.Name ?? null,
    writable: mount.RW,
  }));
  const tmpfs = Object.keys(seen.HostConfig.Tmpfs);
  return [
    ...mounts,
    ...tmpfs
      .filter((path) => !mounts.some(({ destination }) => destination === path))
      .map((path): Mount => ({ type: 'tmpfs', destination: path, source: '', volume: null, writable: true })),
  ];
}

/** True when the path is itself a mount, and a file: it cannot be replaced from inside. */
export const isSingleFile = (mount: Mount | null, path: string): boolean =>
  mount !== null && mount.type === 'bind' && mount.destination === path;
