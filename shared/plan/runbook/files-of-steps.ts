import type { ServerId, StepId } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import { ok, type Place, type Result } from '../../base/result';
import { readPlaceholder } from '../../server-config/diff';
import { editServerConfig } from '../../server-config/edit-server-config';
import { readServerConfig } from '../../server-config/read-server-config';
import { stagedCopy } from '../../server-config/staged-copy';
import type { Placeholder, StepFile } from '../commands/step-context';
import { withPlaceholder } from '../make/played-server';
import type { ConfigureStep } from '../steps/configure';
import type { PutBackStep } from '../steps/put-back';
import type { Step } from '../steps/step';

/**
 * Plays a plan's steps on the files as they were read, so that each step's whole new file is known.
 * @param folderOf where the test copy of a server's file lies.
 */
export function filesOfSteps(
  steps: readonly Step[],
  seen: (server: ServerId) => ObservedServer,
  folderOf: (server: ServerId) => string,
): Result<ReadonlyMap<StepId, StepFile>> {
  const files = new Map<StepId, StepFile>();
  const now = new Map<ServerId, Uint8Array>();
  for (const step of steps) {
    if (step.action !== 'configure' && step.action !== 'put-back') continue;
    const where = { server: step.server, file: step.path };
    const before = now.get(step.server) ?? utf8(seen(step.server).file?.text ?? '');
    const after = written(step, before, where);
    if (!after.ok) return after;
    const tested = stagedCopy(after.value, folderOf(step.server), where);
    if (!tested.ok) return tested;
    const config = readServerConfig(after.value, where);
    if (!config.ok) return config;
    now.set(step.server, after.value);
    files.set(step.id, {
      step: step.id,
      bytes: after.value,
      tested: tested.value,
      replaces: placeholdersIn(before).length > 0 ? null : before,
      config: config.value,
      placeholders: placeholdersIn(after.value),
    });
  }
  return ok(files);
}

/** The file that a step makes of the one before it. */
function written(step: ConfigureStep | PutBackStep, before: Uint8Array, where: Place): Result<Uint8Array> {
  switch (step.action) {
    case 'put-back':
      return ok(utf8(step.text));
    case 'configure':
      return editServerConfig(before, step.changes.map(withPlaceholder), where);
  }
}

/**
 * For each step that only starts or restarts a server: the copy of its file to test before, in the folder that was given. A process reads
 * its file at its start alone, so one that runs proves nothing of a file that was changed since. What a step before has
 * written was tested there.
 */
export function copiesOfRestarts(
  steps: readonly Step[],
  seen: (server: ServerId) => ObservedServer,
  folderOf: (server: ServerId) => string,
): Result<ReadonlyMap<StepId, Uint8Array>> {
  const copies = new Map<StepId, Uint8Array>();
  const written = new Set<ServerId>();
  for (const step of steps) {
    if (step.action === 'configure' || step.action === 'put-back') written.add(step.server);
    if (step.action !== 'restart' && step.action !== 'start') continue;
    const { file } = seen(step.server);
    if (file === null || written.has(step.server)) continue;
    const copy = stagedCopy(utf8(file.text), folderOf(step.server), { server: step.server, file: file.path });
    if (!copy.ok) return copy;
    copies.set(step.id, copy.value);
  }
  return ok(copies);
}

function placeholdersIn(bytes: Uint8Array): readonly Placeholder[] {
  const found = new Set(
    new TextDecoder().decode(bytes).match(/kanilink_placeholder__\d+__[a-z0-9-]+/g) ?? [],
  );
  return [...found].flatMap((text) => {
    const read = readPlaceholder(text);
    return read === null ? [] : [{ text, of: read.server, after: read.step }];
  });
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
