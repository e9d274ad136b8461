import { posix } from 'node:path';
import { readConfigTest } from '../../../../shared/kanidmd/read-output';
import { ok, type Result } from '../../../../shared/result';
import { stagedCopy } from '../../../../shared/server-config/staged-copy';
import type { ConfigTest } from '../connection';
import type { ServerFiles } from './files';
import { runKanidmd } from './kanidmd';
import type { Machine } from './machine';
import { makeOwnScratch } from './scratch';

const CLEAN_UP_MS = 5_000;

/**
 * Has the server's own kanidmd read a copy of a configuration whose database and socket lie in a private folder beside it:
 * a plain `configtest` beside a running server would take over its admin socket (`kanidm.md`). The folder is removed.
 * @param config the server's own configuration's path.
 */
export async function testConfig(
  machine: Machine,
  files: ServerFiles,
  program: string,
  config: string,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<Result<ConfigTest>> {
  const folder = await makeOwnScratch(machine, files, posix.dirname(config), signal);
  if (!folder.ok) return folder;
  const tested = await testIn(folder.value, machine, files, program, bytes, signal);
  const removed = await files.removeFolder(folder.value, AbortSignal.timeout(CLEAN_UP_MS));
  return tested.ok && !removed.ok ? removed : tested;
}

async function testIn(
  folder: string,
  machine: Machine,
  files: ServerFiles,
  program: string,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<Result<ConfigTest>> {
  const copy = stagedCopy(bytes, folder, { server: machine.at.server });
  if (!copy.ok) return copy;
  const path = posix.join(folder, 'server.toml');
  const created = await files.create(path, copy.value, signal);
  if (!created.ok) return created;
  const output = await runKanidmd(machine, program, ['configtest'], path, signal);
  return output.ok ? ok(readConfigTest(output.value)) : output;
}
