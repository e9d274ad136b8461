import type { RuvReport } from '../../../shared/ruv/ruv';
import type { LagEntry } from './entries';

/**
 * What a look at RUVs says of how far consumers are behind, each at the time when the second of its two servers was read.
 * Of a pull that is not known there is no entry.
 * @param path of the fleet file
 */
export function lagEntries(path: string, { servers, pulls }: RuvReport): readonly LagEntry[] {
  const readAt = new Map(servers.map(({ server, at }) => [server, Date.parse(at)]));
  return pulls.flatMap(({ consumer, supplier, changes, seconds }) => {
    const at = Math.max(readAt.get(consumer) ?? NaN, readAt.get(supplier) ?? NaN);
    if (changes === null || seconds === null || !Number.isSafeInteger(at)) return [];
    return [{ kind: 'lag', subject: { fleet: path, consumer, supplier }, at, changes, seconds }];
  });
}
