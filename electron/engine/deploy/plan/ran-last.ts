import { readEvidence } from '../../fleet/probe/read-evidence';
import type { Clock } from '../../base/time';
import { uncancelled } from '../../base/time';
import { serverNow, type Site } from '../deployment/deployment';

/** How far back the log of a server that does not run is read for its last start. Milliseconds. */
const BACK_MS = 24 * 3_600_000;

/**
 * The version of kanidmd that ran last on a server that does not run, as its log says: another one on disk means that a
 * start is an upgrade.
 * @returns nothing when the log does not say, or could not be read in time.
 */
export async function ranLast(site: Site | undefined, clock: Clock): Promise<{ readonly ranLast?: string }> {
  if (site === undefined || site.observed.state !== 'stopped') return {};
  const now = serverNow(site, clock);
  const read = await readEvidence(site.connection, now - BACK_MS, now, uncancelled(20_000));
  const version = read.ok ? read.value.runningVersion : null;
  return version === null ? {} : { ranLast: version };
}
