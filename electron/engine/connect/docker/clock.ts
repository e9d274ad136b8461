import { ok, type Result } from '../../../../shared/result';
import type { EngineApi } from './engine-api';

const READINGS = 3;

/** The engine's clock now, milliseconds since the epoch; null: it does not tell. */
export async function engineNow(api: EngineApi, signal: AbortSignal): Promise<Result<number | null>> {
  const info = await api.json(
    { method: 'GET', path: '/info', doing: 'asking for the engine’s clock' },
    signal,
  );
  if (!info.ok) return info;
  const time = Date.parse((info.value as { readonly SystemTime?: string }).SystemTime ?? '');
  return ok(Number.isFinite(time) ? time : null);
}

/**
 * The engine's clock minus ours in milliseconds, half the round trip taken off; of a few readings the quickest, for the
 * error is at most half of it. Null when the engine tells no time.
 */
export async function engineClock(api: EngineApi, signal: AbortSignal): Promise<Result<number | null>> {
  let best: { readonly roundTrip: number; readonly offset: number } | null = null;
  for (let reading = 0; reading < READINGS; reading++) {
    const asked = Date.now();
    const time = await engineNow(api, signal);
    if (!time.ok) return time;
    const answered = Date.now();
    if (time.value === null) return ok(null);
    const roundTrip = answered - asked;
    if (best === null || roundTrip < best.roundTrip)
      best = { roundTrip, offset: Math.round(time.value - (asked + answered) / 2) };
  }
  return ok(best?.offset ?? null);
}
