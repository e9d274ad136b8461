import type { Identity } from './identity';
import type { Component } from './path-walk';

/** What is to be done at the end of a way. */
export type Doing = 'read' | 'change';

/** Whose rights are enough, and safe, at the end of a way. */
export type Verdict =
  /** `enter`: their first folder on the way, where root alone could have put it there; null: nobody's, or theirs to move. */
  | { readonly uid: number; readonly enter: string | null }
  /** Nobody's: why not, and the folder it is about. */
  | {
      readonly refused: 'open-to-all' | 'open-to-group' | 'open-by-list' | 'of-several';
      readonly path: string;
    };

const STICKY = 0o1000;
const BY_GROUP = 0o020;
const BY_ALL = 0o002;

/**
 * Says as whom to work at the end of a way. Root works only where every folder on the way is root's and nobody else may
 * put a name into it: else a user who may could lead root elsewhere by a symlink, between any two of its steps. Where a
 * folder is somebody else's, that somebody is who to work as: a link leads them to nothing they could not reach.
 *
 * In a sticky folder (`/tmp`) nobody moves what is another's: on the way through it, what counts is whose the next name
 * is. Nothing is made in one.
 * @param passed the way, `/` first; for `change` the last is the folder where something is made, moved or removed.
 * @param service who runs kanidmd: who else may write into a folder of root's that is open to their group.
 * @param exists whether the way goes on to its end. What is not there yet in a sticky folder, anybody may put there.
 */
export function whose(
  passed: readonly Component[],
  doing: Doing,
  service: Identity | null,
  exists = true,
): Verdict {
  let owner = 0;
  let shared = false;
  let enter: string | null = null;
  for (const [at, { path, kind, uid, gid, mode, listed }] of passed.entries()) {
    const last = at === passed.length - 1;
    // A file's owner may write it, but not put another name in its place: that its folder's owner may.
    const counts = kind === 'folder' || shared;
    if (counts && uid !== 0) {
      if (owner !== 0 && owner !== uid) return { refused: 'of-several', path };
      // In a sticky folder they may have moved it away, and a symlink into its place.
      if (owner === 0 && kind === 'folder' && !shared) enter = path;
      owner = uid;
    }
    shared = false;
    if (kind !== 'folder') continue;
    const byAll = (mode & BY_ALL) !== 0;
    const byGroup = (mode & BY_GROUP) !== 0 && (gid !== 0 || listed === true) && uid === 0;
    if (!byAll && !byGroup) continue;
    if ((mode & STICKY) !== 0 && !(last && doing === 'change')) {
      shared = true;
      continue;
    }
    if (byAll) return { refused: 'open-to-all', path };
    if (listed === true) return { refused: 'open-by-list', path };
    const theirs = service !== null && service.uid !== 0 && [service.gid, ...service.groups].includes(gid);
    if (!theirs || (owner !== 0 && owner !== service.uid)) return { refused: 'open-to-group', path };
    if (owner === 0) enter = path;
    owner = service.uid;
  }
  const last = passed.at(-1);
  if (shared && !exists && last !== undefined) return { refused: 'open-to-all', path: last.path };
  return { uid: owner, enter };
}
