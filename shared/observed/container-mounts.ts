import type { ContainerMount } from './observed';

/** The mount a path of a container lies on: the deepest one above it; null: the container's own layer. */
export function mountAt(mounts: readonly ContainerMount[], path: string): ContainerMount | null {
  const above = mounts.filter(
    ({ destination }) => destination === '/' || path === destination || path.startsWith(`${destination}/`),
  );
  return above.sort((a, b) => b.destination.length - a.destination.length)[0] ?? null;
}

/** A volume without a name of its own, which goes with its container: engines name such by 64 hex digits. */
export const isAnonymous = ({ type, volume }: ContainerMount): boolean =>
  type === 'volume' && /^[0-9a-f]{64}$/.test(volume ?? '');
