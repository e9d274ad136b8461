import { ok, type Result } from '../../../../../shared/base/result';
import type { Output } from '../../connection';
import { collect } from '../api/collect';
import type { Container, Inspected } from '../api/container';
import { serverCommand } from '../inspect/program';
import { waited } from '../api/replies';
import { put } from '../files/archive';
import type { TarEntry } from '../files/tar';
import { type Recipe, withTemporary } from '../files/temporary';

/** What runs in the throwaway container. */
export interface SidecarOptions {
  readonly args: readonly string[];
  /** Files put into the container's own layer first, at `/`. */
  readonly files: readonly TarEntry[];
  /** Whether the server's volumes may be written. */
  readonly volumes: 'read-only' | 'writable';
  /** The server's own variables: all, or without `KANIDM_*`. */
  readonly keepOverrides: boolean;
}

/**
 * Runs kanidmd in a throwaway container: the same image, user and volumes as the server, no network, nothing of the live
 * process touched, nothing left (`kanidm.md`, "configtest": measured 0.62 s).
 */
export async function runBeside(
  container: Container,
  seen: Inspected,
  beside: SidecarOptions,
  signal: AbortSignal,
): Promise<Result<Output>> {
  const { api, where } = container;
  const doing = `running kanidmd ${beside.args[0] ?? ''} in a throwaway container`;
  const env = seen.Config.Env.filter((line) => beside.keepOverrides || !line.startsWith('KANIDM_'));
  const recipe: Recipe = {
    entrypoint: serverCommand(seen).program,
    args: beside.args,
    leftBehindIs: 'fault',
    env,
    host: { VolumesFrom: [`${seen.Id}:${beside.volumes === 'writable' ? 'rw' : 'ro'}`] },
  };
  return withTemporary<Output>(api, seen, recipe, doing, signal, async (temporary) => {
    if (beside.files.length > 0) {
      const filled = await put(temporary, '/', beside.files, doing, signal);
      if (!filled.ok) return filled;
    }
    const started = await temporary.done('/start', { method: 'POST', doing, patient: true }, signal);
    if (!started.ok) return started;
    const ended = await temporary.json('/wait', { method: 'POST', doing, patient: true }, waited, signal);
    if (!ended.ok) return ended;
    const log = await temporary.stream(
      '/logs',
      { method: 'GET', query: { stdout: true, stderr: true }, doing },
      signal,
    );
    if (!log.ok) return log;
    const printed = await collect(log.value, where, doing, signal);
    if (!printed.ok) return printed;
    return ok({ exitCode: ended.value.StatusCode, ...printed.value });
  });
}
