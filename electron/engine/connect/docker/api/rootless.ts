import { ok, type Result } from '../../../../../shared/base/result';
import type { DockerApi } from './docker-api';
import { info } from './replies';

/** Whether the engine runs as an ordinary user, with a user namespace of its own. */
export async function isRootless(api: DockerApi, signal: AbortSignal): Promise<Result<boolean>> {
  const doing = 'asking whose the engine is';
  const told = await api.json({ method: 'GET', path: '/info', doing }, info, signal);
  if (!told.ok) return told;
  return ok(
    told.value.SecurityOptions.some((it) => it.includes('rootless') && !it.includes('rootless=false')),
  );
}
