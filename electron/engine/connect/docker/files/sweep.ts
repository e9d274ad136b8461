import { ok, type Result } from '../../../../../shared/base/result';
import { engineNow } from '../api/clock';
import type { DockerApi } from '../api/docker-api';
import { listed, type Listed } from '../api/replies';
import { type Life, lifeOf, ownMark, processMark } from '../../../storage/process-mark';
import { LABEL } from '../api/label';
import { jsonOf } from '../../../base/json';

/** Of a run that is gone: it cannot be clearing up any more. Milliseconds. */
const OLD_MS = 3_600_000;
/** Of a run that lives, or that cannot be asked: no call lasts as long. Milliseconds. */
const OLD_ELSEWHERE_MS = 24 * OLD_MS;

/** The label that says which run made a temporary container. */
export const RUN_LABEL = `${LABEL}.temporary.run`;

/** This run, as the label has it: the mark of its process. */
export const thisRun = async (): Promise<string> => JSON.stringify(await ownMark(null));

/**
 * Removes temporary containers that a killed run of Kanilink left on an engine: only those with its label, only ones that
 * do not run, only old ones by the engine's own clock whose run is gone. Volumes are never removed with them.
 * @returns how many are gone. What cannot be removed stays for the next time.
 */
export async function sweep(api: DockerApi, signal: AbortSignal): Promise<Result<number>> {
  const filters = JSON.stringify({ label: [`${LABEL}.temporary`] });
  const doing = 'looking for what an earlier run left behind';
  const found = await api.json(
    { method: 'GET', path: '/containers/json', query: { all: true, filters }, doing },
    listed,
    signal,
  );
  if (!found.ok) return found;
  if (found.value.length === 0) return ok(0);
  const now = await engineNow(api, signal);
  if (!now.ok) return now;
  if (now.value === null) return ok(0);
  let removed = 0;
  for (const it of found.value) {
    if (!isLeftBehind(it, now.value, await lifeOfRun(it))) continue;
    const path = `/containers/${it.Id}`;
    // Not by force: one that was started meanwhile stays.
    const gone = await api.done({ method: 'DELETE', path, query: { v: false }, doing }, signal);
    if (gone.ok) removed++;
  }
  return ok(removed);
}

/** Whether the run lives that made a container; `unknown` of one elsewhere, or of an earlier version's. */
export async function lifeOfRun({ Labels }: Pick<Listed, 'Labels'>): Promise<Life> {
  const mark = processMark.safeParse(jsonOf(Labels[RUN_LABEL] ?? ''));
  return mark.success ? lifeOf(mark.data, null) : 'unknown';
}

/**
 * Whether a container is one that a run left behind.
 * @param nowMs the engine's clock.
 * @param life of its run.
 */
export function isLeftBehind(
  { Labels, State, Created }: Pick<Listed, 'Labels' | 'State' | 'Created'>,
  nowMs: number,
  life: Life,
): boolean {
  // The engine filters by the label; an answer that does not is not believed.
  if (Labels[`${LABEL}.temporary`] !== 'true' || State === 'running' || State === 'paused') return false;
  return nowMs - Created * 1000 > (life === 'dead' ? OLD_MS : OLD_ELSEWHERE_MS);
}
