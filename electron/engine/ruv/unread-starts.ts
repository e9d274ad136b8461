import type { Recalled } from '../../../shared/ruv/ruv-memory';
import { isUnread } from '../../../shared/ruv/restarted';
import type { Running } from '../base/look-schedule';

/**
 * Servers that were known, have started since, and of which nobody has read a RUV since then: when they started,
 * milliseconds since the epoch, our clock.
 * @param refreshed see `Earlier`.
 * @param isAnother whether a server was seen in an earlier life by this watch; absent: nobody watches.
 */
export function unreadStarts(
  servers: ReadonlyMap<string, Running>,
  { readAt, seenSince }: Pick<Recalled, 'readAt' | 'seenSince'>,
  refreshed: ReadonlyMap<string, string>,
  now: number,
  isAnother: (id: string) => boolean = () => false,
): ReadonlyMap<string, number> {
  const unread = new Map<string, number>();
  for (const [id, { startedAt: there, offsetMs = 0 }] of servers) {
    if (there === null) continue;
    const startedAt = there - offsetMs;
    const last = refreshed.get(id);
    const life = {
      ...{ startedAt, now, isAnother: isAnother(id) },
      ...{ seenSince: seenSince.get(id) ?? null, readAt: readAt.get(id) ?? null },
      refreshedAt: last === undefined ? null : Date.parse(last),
    };
    if (isUnread(life)) unread.set(id, startedAt);
  }
  return unread;
}
