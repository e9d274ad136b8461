import type { Reading } from '../../shared/fleet/difference/difference';
import type { StatusServer } from '../../shared/observed/status';
import type { Sight } from './pull-view';

/** Why nothing that was seen counts now; null: it does. */
export function whyNotNow(sight: Sight, isFresh: boolean): string | null {
  if (!sight.live) return sight.lostBecause || NOT_YET;
  return isFresh ? null : 'There was no word from the servers for a while.';
}

const NOT_YET = 'It has not been read yet.';

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
  const now = whyNotNow(sight, isFresh);
  const seen = new Map(sight.report?.servers.map((server) => [server.id, server]));
  return new Map(
    ids.map((id) => [id, { last: read.get(id) ?? null, notKnown: now ?? whyNotRead(seen.get(id)) }]),
  );
}

function whyNotRead(server: StatusServer | undefined): string | null {
  if (server === undefined) return 'It has not answered yet.';
  if (server.state === 'unreachable') return 'It cannot be reached.';
  return server.fileRead ? null : 'Its server.toml could not be read.';
}
