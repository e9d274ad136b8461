import { readConfigTest } from '../../../../../shared/kanidmd/read-output';
import { ok, type Result } from '../../../../../shared/base/result';
import { stagedCopy } from '../../../../../shared/server-config/staged-copy';
import type { ConfigTest } from '../../connection';
import type { Container, Inspected } from '../api/container';
import { runBeside } from './run-beside';

/** In the throwaway container's own layer. */
const FOLDER = 'kanilink';

/**
 * Has the server's own kanidmd read a copy of a configuration in a throwaway container. It does not prove that the
 * replication port can be bound (`kanidm.md`, "configtest").
 * @param user who runs kanidmd: its database and socket are made in the folder.
 */
export async function testConfig(
  container: Container,
  seen: Inspected,
  bytes: Uint8Array,
  user: { readonly uid: number; readonly gid: number },
  signal: AbortSignal,
): Promise<Result<ConfigTest>> {
  const copy = stagedCopy(bytes, `/${FOLDER}`, { server: container.where.server });
  if (!copy.ok) return copy;
  const output = await runBeside(
    container,
    seen,
    {
      args: ['configtest', '-c', `/${FOLDER}/server.toml`],
      files: [
        { kind: 'folder', name: FOLDER, owner: { ...user, mode: 0o700 } },
        { kind: 'file', name: `${FOLDER}/server.toml`, owner: { ...user, mode: 0o600 }, bytes: copy.value },
      ],
      volumes: 'read-only',
      keepOverrides: false,
    },
    signal,
  );
  return output.ok ? ok(readConfigTest(output.value)) : output;
}
