import { writeFile } from 'node:fs/promises';
import type { FleetText, PlanView } from '../../shared/ipc';
import { type Fault, fail, ok, type Result } from '../../shared/result';
import { fileWords } from '../engine/storage/file-words';
import { faultProblem, problemsText } from './text/problems';
import type { World } from './world';

/**
 * Writes the plan that was shown as a runbook; a file that is there stays as it is.
 * @returns whether it was written; why not is said.
 */
export async function saveRunbook(
  path: string,
  text: FleetText,
  view: PlanView,
  world: World,
): Promise<boolean> {
  const call = { signal: world.signal, timeoutMs: 120_000, fingerprint: view.fingerprint };
  const made = await world.engine.runbook(text, call);
  const saved = made.ok ? await write(path, made.value) : made;
  world.say(saved.ok ? `Wrote ${path}.` : problemsText([faultProblem(saved.error)], world.paintSaid));
  return saved.ok;
}

async function write(path: string, markdown: string): Promise<Result<void>> {
  try {
    // It may hold whatever the operator wrote into server.toml, so it is this user's own.
    await writeFile(path, markdown, { flag: 'wx', mode: 0o600, flush: true });
    return ok(undefined);
  } catch (error) {
    return fail(unwritten(path, error));
  }
}

function unwritten(path: string, error: unknown): Fault {
  const there = error instanceof Error && 'code' in error && error.code === 'EEXIST';
  return {
    code: there ? 'file-exists' : 'cannot-save',
    message: there
      ? 'This file is there already, and is not overwritten.'
      : `The runbook could not be written: ${fileWords(error)}.`,
    fix: 'Choose another name.',
    where: { file: path },
  };
}
