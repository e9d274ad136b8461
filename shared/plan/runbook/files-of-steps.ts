import type { ServerId, StepId } from '../../names';
import type { ObservedServer } from '../../observed';
import { ok, type Result } from '../../result';
import { readPlaceholder } from '../../server-config/diff';
import { editServerConfig } from '../../server-config/edit-server-config';
import { readServerConfig } from '../../server-config/read-server-config';
import type { ServerConfig } from '../../server-config/server-config';
import { stagedCopy } from '../../server-config/staged-copy';
import { withPlaceholder } from '../draft-values';
import type { Step } from '../plan';

/** The file that a step writes, as a person writes it by hand. */
export interface StepFile {
  readonly step: StepId;
  /** The new file; certificates known only later are placeholders. */
  readonly bytes: Uint8Array;
  /** The copy of it that is safe to test, in the folder that was given. */
  readonly tested: Uint8Array;
  /** The file it replaces; null: one that an earlier step filled placeholders into. */
  readonly replaces: Uint8Array | null;
  readonly config: ServerConfig;
  /** What is filled in before it is used. */
  readonly placeholders: readonly Placeholder[];
}

export interface Placeholder {
  readonly text: string;
  readonly of: string;
  /** The step that shows the certificate. */
  readonly after: string;
}

/**
 * Plays a plan's steps on the files as they were read, so that each step's whole new file is known.
 * @param folderOf where the test copy of a server's file lies.
 */
export function filesOfSteps(
  steps: readonly Step[],
  observed: ReadonlyMap<ServerId, ObservedServer>,
  folderOf: (server: ServerId) => string,
): Result<ReadonlyMap<StepId, StepFile>> {
  const files = new Map<StepId, StepFile>();
  const now = new Map<ServerId, Uint8Array>();
  for (const step of steps) {
    if (step.action !== 'configure' && step.action !== 'put-back') continue;
    const where = { server: step.server, file: step.path };
    const before = now.get(step.server) ?? utf8(observed.get(step.server)?.file?.text ?? '');
    const after =
      step.action === 'put-back'
        ? ok(utf8(step.text))
        : editServerConfig(before, step.changes.map(withPlaceholder), where);
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
