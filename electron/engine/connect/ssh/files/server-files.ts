import type { Result } from '../../../../../shared/base/result';
import type { ServerFiles } from './files';
import type { Machine } from '../machine/machine';
import { workAt, type Work } from '../machine/place';
import { programFiles } from './program-files';
import type { Doing } from '../machine/whose';

/**
 * A server's files, each touched by the user it is to be touched by (`place.ts`): over SFTP where that is the login itself,
 * else by programs.
 */
export function serverFiles(machine: Machine, sftp: ServerFiles): ServerFiles {
  const at = async <T>(
    path: string,
    doing: Doing,
    signal: AbortSignal,
    work: (files: ServerFiles, place: Work) => Promise<Result<T>>,
  ): Promise<Result<T>> => {
    const place = await workAt(machine, path, doing, signal);
    if (!place.ok) return place;
    const { who, self } = place.value;
    const rights = await machine.rights(signal);
    if (!rights.ok) return rights;
    if (rights.value.kind === 'restricted' && doing === 'read') {
      // What anybody may read needs no line in sudoers.
      const own = await work(sftp, place.value);
      if (own.ok || own.error.code !== 'permission-denied') return own;
    }
    return work(self ? sftp : programFiles(machine, who), place.value);
  };
  return {
    stat: (path, signal) => at(path, 'read', signal, (files, it) => files.stat(it.path, signal)),
    read: (path, maxBytes, signal) =>
      at(path, 'read', signal, (files, it) => files.read(it.path, maxBytes, signal)),
    replace: async (path, bytes, expect, signal) => {
      // A symlink stays one: what it leads to is replaced, in the folder that lies in.
      const target = await workAt(machine, path, 'read', signal);
      if (!target.ok) return target;
      return at(target.value.path, 'change', signal, (files, it) =>
        files.replace(it.path, bytes, expect, signal),
      );
    },
    create: (path, bytes, signal) =>
      at(path, 'change', signal, (files, it) => files.create(it.path, bytes, signal)),
    freeSpace: (path, signal) => at(path, 'read', signal, (files, it) => files.freeSpace(it.path, signal)),
  };
}
