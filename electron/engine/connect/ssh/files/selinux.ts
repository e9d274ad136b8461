import { fail, ok, type Result } from '../../../../../shared/base/result';
import type { Output } from '../../connection';
import { type ServerPlace, faultAt } from '../../common/faults';

/** Gives the file `beside` the SELinux context of `target`, where the machine has SELinux. */
export type KeepContext = (target: string, beside: string, signal: AbortSignal) => Promise<Result<void>>;

/**
 * A file that is renamed keeps the context it was made with, which is its folder's and not what an operator gave the old
 * one: so it is copied with `chcon --reference` and read again. A machine without SELinux says `?` to `stat -c %C`
 * (coreutils), one without coreutils nothing of the kind: there is nothing to keep then.
 * @param run runs a program with the rights that made the file.
 */
export function keepContext(
  where: ServerPlace,
  run: (argv: readonly string[], signal: AbortSignal) => Promise<Result<Output>>,
): KeepContext {
  const contextOf = async (path: string, signal: AbortSignal): Promise<Result<string | null>> => {
    const told = await run(['stat', '-c', '%C', '--', path], signal);
    if (!told.ok) return told;
    const context = told.value.stdout.trim();
    return ok(told.value.exitCode === 0 && /^[^:\s]+:[^:\s]+:[^:\s]+(:\S+)?$/.test(context) ? context : null);
  };
  return async (target, beside, signal) => {
    const old = await contextOf(target, signal);
    if (!old.ok) return old;
    if (old.value === null) return ok(undefined);
    const given = await run(['chcon', `--reference=${target}`, '--', beside], signal);
    if (!given.ok) return given;
    const now = await contextOf(beside, signal);
    if (!now.ok) return now;
    if (now.value === old.value) return ok(undefined);
    return fail(
      faultAt(
        where,
        'cannot-keep-context',
        `the new ${target} could not get the SELinux context of the old one; nothing was replaced`,
        'Let this user relabel the file (chcon --reference), connect as root, or set `sudo = true` for this server.',
        {
          file: target,
          detail: `wanted ${old.value}\ngot    ${now.value ?? 'none'}\n${given.value.stderr.trim()}`.trim(),
        },
      ),
    );
  };
}
