import { believedTime } from '../../common/server-clock';
import { ok, type Result } from '../../../../../shared/base/result';
import { wallNow } from '../../../base/time';
import type { DockerApi } from './docker-api';
import { info } from './replies';

/** The engine's clock now, milliseconds since the epoch; null: it does not tell. */
export async function engineNow(api: DockerApi, signal: AbortSignal): Promise<Result<number | null>> {
  const told = await api.json(
    { method: 'GET', path: '/info', doing: 'asking for the engine’s clock' },
    info,
    signal,
  );
  if (!told.ok) return told;
  return ok(believedTime(Date.parse(told.value.SystemTime), wallNow()));
}
