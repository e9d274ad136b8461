import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EVENT_FORMAT } from '../../../../shared/events/certificate-due';
import type { FleetEvent } from '../../../../shared/events/fleet-event';
import type { Clock } from '../../base/time';
import { deploysFolder } from './journal';
import { type FleetKey, isOf, readJournal } from './read-journal';

/** How often journals are looked at, in milliseconds. */
const LOOK_EVERY = 2000;
/** A journal that cannot be read may be just begun; read so often in vain, it is left alone. */
const MOST_TRIES = 10;

/** That a deploy began, or ended. */
export type DeployNews = FleetEvent & { readonly kind: 'deploy-began' | 'deploy-ended' };

/**
 * Tells of deploys of a fleet from this computer, by whichever program, from their journals: those that run now, and then
 * each that begins or ends, until the signal aborts. What was over before is no news. Never fails.
 */
export async function* watchDeploys(
  configDir: string,
  fleet: FleetKey,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): AsyncIterable<DeployNews> {
  const begun = new Set<string>();
  /** Nothing more is to be told of these. */
  const done = new Set<string>();
  const tries = new Map<string, number>();
  let first = true;
  while (!signal.aborted) {
    const names = await readdir(deploysFolder(configDir)).catch(() => []);
    for (const name of names.filter((it) => !done.has(it)).sort()) {
      const read = await readJournal(join(deploysFolder(configDir), name));
      if (!read.ok) {
        const tried = (tries.get(name) ?? 0) + 1;
        tries.set(name, tried);
        if (tried >= MOST_TRIES) done.add(name);
        continue;
      }
      const { header, state, outcome } = read.value;
      const isMine = isOf(read.value, fleet);
      if (state !== 'running' || !isMine) done.add(name);
      if (!isMine || (first && state !== 'running')) continue;
      const head = { format: EVENT_FORMAT, at: clock.now(), deploy: name, job: header.purpose } as const;
      if (!begun.has(name)) yield { ...head, kind: 'deploy-began' };
      begun.add(name);
      if (state === 'running') continue;
      yield { ...head, kind: 'deploy-ended', outcome: outcome ?? 'interrupted' };
    }
    first = false;
    await clock.sleep(LOOK_EVERY, signal);
  }
}
