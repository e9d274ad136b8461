import { posix } from 'node:path';
import { readConfigTest } from '../../../../shared/kanidmd/read-output';
import { ok, type Result } from '../../../../shared/result';
import { stagedCopy } from '../../../../shared/server-config/staged-copy';
import type { ConfigTest } from '../connection';
import type { ServerFiles } from './files';
import { runKanidmd } from './kanidmd';
import type { Machine } from './machine';

/**
 * Has the server's own kanidmd read a copy of a configuration whose database and socket lie in `folder`: a plain
 * `configtest` beside a running server would take over its admin socket (`kanidm.md`).
 * @param folder a scratch folder, which the caller removes.
 */
export async function testConfig(
  machine: Machine,
  files: ServerFiles,
  program: string,
  bytes: Uint8Array,
  folder: string,
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
