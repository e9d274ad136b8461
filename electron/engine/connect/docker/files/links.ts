import { posix } from 'node:path';
import { fail, ok, type Result } from '../../../../../shared/base/result';
import { faultAt } from '../../common/faults';
import type { Container } from '../api/container';

/** What is needed of a path's parts. Null: nothing is there. */
export interface Look {
  /** Where a link leads; null: it is not a link. Links are not followed. */
  readonly linkTarget: (path: string) => Promise<Result<{ readonly linkTarget: string | null } | null>>;
  /** Whose a folder is. */
  readonly folder: (path: string) => Promise<Result<{ readonly uid: number; readonly mode: number }>>;
}

/** Links that lead on are followed this far. */
const MOST_LINKS = 20;

/**
 * Refuses a path that leads over a link which the container's user may have planted. The engine follows links as root, so
 * such a link chooses which file of the container, or of another of its mounts, is read or written. A container that runs
 * as root has nothing to gain there: whatever the engine reaches, it reaches too.
 * @returns the fault `link-refused`, or that none is in the way. A link in folders that are root's alone is one of the
 * operator's.
 */
export async function refuseLinks(container: Container, path: string, look: Look): Promise<Result<void>> {
  if (isRoot(container.user)) return ok(undefined);
  let rest = posix.normalize(path).split('/').filter(Boolean);
  let at = '/';
  for (let links = 0; rest.length > 0;) {
    const [name = '', ...further] = rest;
    const here = posix.join(at, name);
    const seen = await look.linkTarget(here);
    if (!seen.ok) return seen;
    if (seen.value === null) return ok(undefined);
    rest = further;
    if (seen.value.linkTarget === null) {
      at = here;
      continue;
    }
    const safe = await isRootsAlone(at, look);
    if (!safe.ok) return safe;
    if (!safe.value || ++links > MOST_LINKS) return fail(linkRefused(container, path, here));
    rest = [...posix.resolve(at, seen.value.linkTarget).split('/').filter(Boolean), ...further];
    at = '/';
  }
  return ok(undefined);
}

/** Whether nobody but root may put something into a folder, or move it away. */
async function isRootsAlone(folder: string, look: Look): Promise<Result<boolean>> {
  for (let at = folder; ; at = posix.dirname(at)) {
    const seen = await look.folder(at);
    if (!seen.ok) return seen;
    if (seen.value.uid !== 0 || (seen.value.mode & 0o022) !== 0) return ok(false);
    if (at === '/') return ok(true);
  }
}

/** As an image or `docker run --user` spells it: nothing, `0`, `root`, each with a group or without. */
export const isRoot = (user: string): boolean => ['', '0', 'root'].includes(user.split(':')[0] ?? '');

const linkRefused = (container: Container, path: string, link: string) =>
  faultAt(
    container.where,
    'link-refused',
    `${link} is a symbolic link in a folder that the container’s user can write, so what it leads to is neither read nor written`,
    'Put the file itself in its place, or name the path it leads to in the fleet file (config).',
    { file: path },
  );
