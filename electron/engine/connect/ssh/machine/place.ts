import { posix } from 'node:path';
import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import { type ServerPlace, faultAt } from '../../common/faults';
import { type Identity, ROOT } from './identity';
import type { Machine } from './machine';
import { walk } from './path-walk';
import { getent } from './service-user';
import { type Doing, type Verdict, whose } from './whose';

/** Where to work, and as whom. */
export interface Work {
  readonly who: Identity;
  /** Whether that is the login itself, which has SFTP. */
  readonly self: boolean;
  /** The path to use: for root without a symlink in it, so that nothing can be led elsewhere. */
  readonly path: string;
}

/**
 * Says as whom to work at a path: see {@link whose}. A login without root's rights works as itself.
 * @param doing `read` follows the last name too, as far as it may; `change` is about the folder it lies in.
 * @returns `folder-not-safe` where nobody can.
 */
export async function workAt(
  machine: Machine,
  path: string,
  doing: Doing,
  signal: AbortSignal,
): Promise<Result<Work>> {
  const rights = await machine.rights(signal);
  if (!rights.ok) return rights;
  const self: Identity = { uid: rights.value.uid, gid: -1, groups: [], name: null };
  if (rights.value.kind === 'own') return ok({ who: self, self: true, path });
  const service = await machine.serviceUser(signal);
  if (!service.ok) return service;
  if (rights.value.kind === 'restricted')
    return ok({ who: doing === 'read' ? service.value.identity : ROOT, self: false, path });
  const absolute = posix.isAbsolute(path) ? path : posix.join('/', path);
  const folder = posix.dirname(absolute);
  const way = await walk(
    (argv, limit) => machine.look(argv, limit),
    doing === 'read' ? absolute : folder,
    signal,
  );
  if (!way.ok) return way;
  if (way.value === null) return fail(unclear(machine.where, path));
  const { passed, exists } = way.value;
  const verdict = whose(passed, doing, service.value.identity, exists);
  if ('refused' in verdict) return fail(notSafe(machine.where, path, verdict));
  const physical =
    doing === 'read' ? way.value.physical : posix.join(way.value.physical, posix.basename(absolute));
  if (verdict.uid === 0) return ok({ who: ROOT, self: rights.value.uid === 0, path: physical });
  if (verdict.uid === rights.value.uid) return ok({ who: self, self: true, path });
  const enter = verdict.enter === null ? {} : { enter: verdict.enter };
  if (verdict.uid === service.value.identity.uid)
    return ok({ who: { ...service.value.identity, ...enter }, self: false, path: physical });
  const entry = await getent((argv, limit) => machine.look(argv, limit), 'passwd', `${verdict.uid}`, signal);
  if (!entry.ok) return entry;
  if (entry.value === null) return fail(nobodys(machine.where, path, verdict.uid));
  const [name = null] = entry.value;
  const other = { uid: verdict.uid, gid: Number(entry.value[3]), groups: [], name, ...enter };
  return ok({ who: other, self: false, path: physical });
}

const FIX =
  'Let the folder and all above it belong to root, or to the user who runs kanidmd, and let nobody else write there (chmod go-w). Nothing was changed.';

const unclear = (where: ServerPlace, path: string): Fault =>
  faultAt(where, 'folder-not-safe', `the way to ${path} has no end, or cannot be read`, FIX, { file: path });

const nobodys = (where: ServerPlace, path: string, uid: number): Fault =>
  faultAt(where, 'folder-not-safe', `${path} lies in a folder of uid ${uid}, which has no name there`, FIX, {
    file: path,
  });

function notSafe(
  where: ServerPlace,
  path: string,
  verdict: Extract<Verdict, { readonly refused: string }>,
): Fault {
  const why = {
    'open-to-all': 'everybody may write into it',
    'open-to-group': 'a group may write into it that is not the one of kanidmd’s user',
    'open-by-list': 'its access control list (getfacl) lets others than root write into it',
    'of-several': 'it belongs to another user than a folder above it',
  }[verdict.refused];
  return faultAt(
    where,
    'folder-not-safe',
    `${path} is not touched with root’s rights: ${verdict.path} is on the way to it, and ${why}`,
    FIX,
    { file: path },
  );
}
