import { posix } from 'node:path';
import { fail, ok, type Result } from '../../../../../shared/base/result';
import type { FileStat } from '../../connection';
import { faultAt } from '../../common/faults';
import type { Container, Inspected } from '../api/container';
import type { User } from './kanidmd-user';
import { mountAt } from '../../../../../shared/observed/container-mounts';
import { mountsOf } from '../inspect/mounts';
import { isRootless } from '../api/rootless';

/**
 * Whom a file of the container belongs to. Docker's archive says it; Podman's says 0:0 of every file (measured on 4.3.1),
 * so there the file is looked at on the host, where its mount comes from. What cannot be known is a fault: an owner is
 * never guessed.
 * @param path where the file really is, links followed.
 * @param told what the archive said.
 */
export async function ownerOf(
  container: Container,
  seen: Inspected,
  path: string,
  told: FileStat,
  signal: AbortSignal,
): Promise<Result<User>> {
  const about = await container.api.about(signal);
  if (!about.ok) return about;
  if (about.value.name === 'docker') return ok({ uid: told.uid, gid: told.gid });
  const { onHost } = container.api.dialer;
  const mount = mountAt(mountsOf(seen), path);
  if (onHost === null)
    return fail(unknown(container, path, 'the engine’s host cannot be reached over this endpoint'));
  if (mount === null || mount.source === '')
    return fail(unknown(container, path, 'it lies in the container itself'));
  // Another mapping of users than the engine's own would make its numbers mean something else.
  const rootless = await isRootless(container.api, signal);
  if (!rootless.ok) return rootless;
  const mapping = seen.HostConfig.UsernsMode;
  if (mapping !== '' && mapping !== 'host')
    return fail(unknown(container, path, `the container has a user namespace of its own (${mapping})`));
  const source = posix.join(mount.source, posix.relative(mount.destination, path));
  const look = ['stat', '--format=%u:%g:%a', '--', source];
  // A rootless engine's numbers are those within its user namespace.
  const tries = rootless.value ? [['podman', 'unshare', ...look]] : [look, ['sudo', '-n', ...look]];
  const said: string[] = [];
  for (const argv of tries) {
    const output = await onHost(argv, signal);
    if (!output.ok) return output;
    const numbers = /^(\d+):(\d+):([0-7]+)$/.exec(output.value.stdout.trim());
    if (output.value.exitCode === 0 && numbers && parseInt(numbers[3] ?? '', 8) === told.mode)
      return ok({ uid: Number(numbers[1]), gid: Number(numbers[2]) });
    said.push(`${argv[0] ?? ''}: ${`${output.value.stdout}${output.value.stderr}`.trim()}`);
  }
  return fail(unknown(container, path, said.join('\n')));
}

const unknown = (container: Container, path: string, detail: string) =>
  faultAt(
    container.where,
    'owner-unknown',
    `Podman does not tell whom ${path} belongs to, so it is not replaced`,
    'Use Podman’s socket on this machine or ssh://user@host as the endpoint, with the file on a mount, so that its owner can be looked up on the host.',
    { file: path, detail },
  );
