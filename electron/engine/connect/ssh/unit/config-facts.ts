import type { HostFacts } from '../../../../../shared/observed/observed';
import { ok, type Result } from '../../../../../shared/base/result';
import { wallNow } from '../../../base/time';
import { believedTime } from '../../common/server-clock';
import type { Machine } from '../machine/machine';
import { configFixed } from './config-fixed';

/** What is known of server.toml besides its text. @param path as the unit names it, absolute. */
export async function configFacts(
  machine: Machine,
  path: string,
  signal: AbortSignal,
): Promise<Result<Pick<HostFacts, 'configFixed' | 'configChangedAt'>>> {
  const [fixed, changed] = await Promise.all([
    configFixed(machine, path, signal),
    changedAt(machine, path, signal),
  ]);
  if (!fixed.ok) return fixed;
  return changed.ok ? ok({ configFixed: fixed.value, configChangedAt: changed.value }) : changed;
}

/**
 * When a file was last changed, as its file system noted it (ctime, stat(2)), links followed: milliseconds, the server's
 * clock. Looked at as whoever may look without a right of its own: lines of sudoers and helpers do not list it.
 * @returns null where nobody may look, or it is not there.
 */
async function changedAt(
  machine: Machine,
  path: string,
  signal: AbortSignal,
): Promise<Result<number | null>> {
  const told = await machine.look(['stat', '-L', '-c', '%Z', '--', path], signal);
  if (!told.ok) return told;
  const seconds = told.value.stdout.trim();
  return ok(/^\d{1,15}$/.test(seconds) ? believedTime(Number(seconds) * 1000, wallNow()) : null);
}
