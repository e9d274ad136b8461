import type { Reading } from '../../shared/fleet/difference/difference';
import type { StatusServer } from '../../shared/observed/status';
import type { Sight } from './pull-view';

/** Why nothing that was seen counts now; null: it does. @param wasRead it was, some time before */
export function whyNotNow(sight: Sight, isFresh: boolean, wasRead = false): string | null {
  if (!sight.live) return sight.lostBecause || (wasRead ? AGAIN : NOT_YET);
  return isFresh ? null : 'There was no word from the servers for a while.';
}

const NOT_YET = 'It has not been read yet.';
const AGAIN = 'It is being read again.';

/**
 * What is known of each server's own configuration.
 *
 * @param read of each server the newest report in which its server.toml was read
 * @param isFresh the newest report may still be believed
 */
export function readingsOf(
  ids: readonly string[],
  sight: Sight,
  read: ReadonlyMap<string, StatusServer>,
  isFresh: boolean,
): ReadonlyMap<string, Reading> {
  const seen = new Map(sight.report?.servers.map((server) => [server.id, server]));
  return new Map(
    ids.map((id) => {
      const last = read.get(id) ?? null;
      const now = whyNotNow(sight, isFresh, last !== null);
      return [id, { last, notKnown: now ?? whyNotRead(seen.get(id), last !== null) }];
    }),
  );
}

function whyNotRead(server: StatusServer | undefined, wasRead: boolean): string | null {
  if (server === undefined) return wasRead ? AGAIN : 'It has not answered yet.';
  if (server.state === 'unreachable') return 'It cannot be reached.';
  return server.fileRead ? null : 'Its server.toml could not be read.';
}
