import { posix } from 'node:path';
import type { Sha256 } from '../../../../../shared/base/names';
import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import { type ServerPlace, faultAt } from '../../common/faults';
import { LARGEST_CONFIG, cannotKeepOwner, confirmWritten, fileChanged, sha256Of } from '../../common/files';
import { pause } from '../../common/limits';
import { wallNow } from '../../../base/time';
import { put, readFile } from './archive';
import { engineNow } from '../api/clock';
import type { Container, Inspected } from '../api/container';
import { mountAt } from '../../../../../shared/observed/container-mounts';
import { isSingleFile, mountsOf } from '../inspect/mounts';
import { type Recipe, withTemporary } from './temporary';
import type { FileContent } from '../../connection';
import { ownerOf } from './owner';
import type { Scratches, ScratchSpace } from './scratch';
import type { Owner, TarEntry } from './tar';

/** How long an interrupted replacement is seen to its end. Milliseconds. */
const FINISH_MS = 30_000;
const FINISH_PAUSE_MS = 500;
const CLEAN_UP_MS = 10_000;
/** Where the helper container sees the folder of a file that is mounted alone. */
const HELPER_FOLDER = '/kanilink-host';

/** A file as the archive API can replace it: a name in a folder of a container. */
interface Spot {
  readonly container: Container;
  readonly seen: Inspected;
  readonly folder: string;
  readonly name: string;
  /** By the engine's clock, as when it started a container: which of the two is later is asked of them. */
  readonly modifiedAt: Date;
  readonly scratches: Scratches;
}

/**
 * Replaces a file of the container. The archive API cannot rename, and a cut upload leaves half a file, so (`design.md`,
 * "The seam to a server"): the new file goes beside the old one and is read back; then one small tar brings it once more,
 * whole, and gives it the final name as a hard link. A file that is mounted alone is replaced in its folder on the host,
 * by a helper container that is never started; its server sees it after its next start.
 */
export async function replaceFile(
  container: Container,
  seen: Inspected,
  path: string,
  bytes: Uint8Array,
  expect: Sha256,
  scratchesBeside: (container: Container, folder: string) => Scratches,
  signal: AbortSignal,
): Promise<Result<Sha256>> {
  const old = await readFile(container, path, LARGEST_CONFIG, signal);
  if (!old.ok) return old;
  const { realPath, sha256, stat } = old.value;
  const { where } = container;
  if (sha256 !== expect) return fail(fileChanged(where, path, expect, sha256));
  const mount = mountAt(mountsOf(seen), realPath);
  if (mount !== null && !mount.writable) return fail(readOnly(where, path, mount.destination));
  const user = await ownerOf(container, seen, realPath, stat, signal);
  if (!user.ok) return user;
  const owner: Owner = { ...user.value, mode: stat.mode };
  const now = await engineNow(container.api, signal);
  if (!now.ok) return now;
  const modifiedAt = new Date(now.value ?? wallNow());
  if (mount === null || !isSingleFile(mount, realPath)) {
    const folder = posix.dirname(realPath);
    const scratches = scratchesBeside(container, folder);
    return replaceAt(
      { container, seen, folder, name: posix.basename(realPath), modifiedAt, scratches },
      path,
      bytes,
      owner,
      expect,
      signal,
    );
  }
  const reach = mountsOf(seen).find((it) => it.writable && it !== mount && isAbove(it.source, mount.source));
  if (reach !== undefined)
    return fail(byHand(sourceInReach(where, path, reach.destination), path, mount.source));
  const recipe: Recipe = {
    entrypoint: ['/kanilink-helper-is-never-started'],
    args: [],
    leftBehindIs: 'nothing',
    host: { Mounts: [{ Type: 'bind', Source: posix.dirname(mount.source), Target: HELPER_FOLDER }] },
  };
  const name = posix.basename(mount.source);
  const work = async (helper: Container): Promise<Result<Sha256>> => {
    const made = await helper.inspect(signal);
    if (!made.ok) return made;
    const scratches = scratchesBeside(helper, HELPER_FOLDER);
    const spot = { container: helper, seen: made.value, folder: HELPER_FOLDER, name, modifiedAt, scratches };
    return replaceAt(spot, path, bytes, owner, expect, signal);
  };
  const replaced = await withTemporary(container.api, seen, recipe, `replacing ${path}`, signal, work);
  return replaced.ok ? replaced : fail(byHand(replaced.error, path, mount.source));
}

async function replaceAt(
  spot: Spot,
  path: string,
  bytes: Uint8Array,
  owner: Owner,
  expect: Sha256,
  signal: AbortSignal,
): Promise<Result<Sha256>> {
  const space = await spot.scratches.enter(owner, signal);
  if (!space.ok) return space;
  try {
    return await uploadAndLink(spot, space.value, path, bytes, owner, expect, signal);
  } finally {
    // What is left behind by a lost engine is private, and goes with the next scratch.
    await space.value.leave(AbortSignal.timeout(CLEAN_UP_MS));
  }
}

async function uploadAndLink(
  spot: Spot,
  space: ScratchSpace,
  path: string,
  bytes: Uint8Array,
  owner: Owner,
  expect: Sha256,
  signal: AbortSignal,
): Promise<Result<Sha256>> {
  const { container, folder, modifiedAt } = spot;
  const { where } = container;
  const wanted = sha256Of(bytes);
  const beside = `${space.relative}/${spot.name}`;
  const upload: readonly TarEntry[] = [...space.entries, { kind: 'file', name: beside, owner, bytes }];
  const sent = await put(container, folder, upload, `writing beside ${path}`, signal, modifiedAt);
  if (!sent.ok) return sent;
  const back = await readFile(container, posix.join(folder, beside), LARGEST_CONFIG, signal);
  if (!back.ok) return back;
  const confirmed = confirmWritten(where, path, wanted, back);
  if (!confirmed.ok) return confirmed;
  const kept = await ownerNow(spot, back.value, signal);
  if (!kept.ok) return kept;
  if (!sameOwner(kept.value, owner))
    return fail(
      cannotKeepOwner(where, path, { ...back.value.stat, ...owner }, `got    ${describe(kept.value)}`),
    );

  // Right before the link, which cannot be made conditional: what was written to the file since then is not overwritten.
  const still = await readFile(container, posix.join(folder, spot.name), LARGEST_CONFIG, signal);
  if (!still.ok) return still;
  if (still.value.sha256 !== expect) return fail(fileChanged(where, path, expect, still.value.sha256));
  // The file comes along again: the engine unlinks the old name before it makes the link, so what the link needs must not
  // have gone meanwhile.
  const link: TarEntry = { kind: 'hard-link', name: spot.name, to: beside, owner };
  const linked = await put(container, folder, [...upload, link], `replacing ${path}`, signal, modifiedAt);
  if (!linked.ok) return finish(spot, path, [...upload, link], wanted, expect, linked.error);
  const found = await readFile(container, posix.join(folder, spot.name), LARGEST_CONFIG, signal);
  if (!found.ok) return finish(spot, path, [...upload, link], wanted, expect, found.error);
  const now = await ownerNow(spot, found.value, signal);
  if (!now.ok) return now;
  return sameOwner(now.value, owner)
    ? confirmWritten(where, path, wanted, found)
    : fail(ownerDiffers(where, path, owner, now.value));
}

async function ownerNow(
  { container, seen }: Spot,
  found: FileContent & { readonly realPath: string },
  signal: AbortSignal,
): Promise<Result<Owner>> {
  const user = await ownerOf(container, seen, found.realPath, found.stat, signal);
  return user.ok ? ok({ ...user.value, mode: found.stat.mode }) : user;
}

/**
 * The engine was lost, or the wait ended, while the file was being replaced: what is there decides. The old file: nothing
 * happened. The new one: it worked. None: the replacement is done again until one of them is there.
 */
async function finish(
  spot: Spot,
  path: string,
  entries: readonly TarEntry[],
  wanted: Sha256,
  expect: Sha256,
  fault: Fault,
): Promise<Result<Sha256>> {
  const { where } = spot.container;
  const signal = AbortSignal.timeout(FINISH_MS);
  let seenOld = 0;
  while (!signal.aborted) {
    const found = await readFile(spot.container, posix.join(spot.folder, spot.name), LARGEST_CONFIG, signal);
    if (found.ok && found.value.sha256 === wanted) return ok(wanted);
    if (found.ok && found.value.sha256 !== expect)
      return fail(fileChanged(where, path, expect, found.value.sha256));
    // Twice, for the engine may still be at it in the moment after it was left.
    if (found.ok && ++seenOld > 1) return fail(fault);
    if (!found.ok && found.error.code === 'no-such-file')
      await put(spot.container, spot.folder, entries, `replacing ${path}`, signal, spot.modifiedAt);
    else if (!found.ok && gone.has(found.error.code)) return fail(found.error);
    await pause(FINISH_PAUSE_MS, signal);
  }
  return fail({
    ...fault,
    code: 'replace-unfinished',
    message: `${fault.message}; whether ${path} is the old or the new file is not known`,
    fix: 'Start the engine and look at the file before the server is started; the previous bytes are kept beside the journal.',
  });
}

const gone = new Set(['no-such-container', 'container-recreated']);

const sameOwner = (a: Owner, b: Owner): boolean => a.uid === b.uid && a.gid === b.gid && a.mode === b.mode;
const describe = (owner: Owner): string => `${owner.uid}:${owner.gid} mode 0${owner.mode.toString(8)}`;

const ownerDiffers = (where: ServerPlace, path: string, wanted: Owner, found: Owner): Fault =>
  faultAt(
    where,
    'owner-differs',
    `${path} was replaced, but does not have the owner and mode of the old file`,
    'Put them right on the host before the server is started.',
    { file: path, detail: `wanted ${describe(wanted)}\nfound  ${describe(found)}` },
  );

const readOnly = (where: ServerPlace, path: string, mount: string): Fault =>
  faultAt(
    where,
    'read-only',
    `${path} cannot be replaced: ${mount} is mounted read-only into the container`,
    'Mount it writable, or change the file where it comes from.',
    { file: path },
  );

/** The engine would follow, as root on the host, a link that the container puts into the source's folder. */
const isAbove = (source: string, file: string): boolean =>
  source !== '' && posix.dirname(file).startsWith(source === '/' ? '/' : `${source}/`);

const sourceInReach = (where: ServerPlace, path: string, destination: string): Fault =>
  faultAt(
    where,
    'source-in-reach',
    `${path} is mounted as a single file from a folder that the container can change through ${destination}`,
    'Mount the whole folder of server.toml instead.',
    { file: path },
  );

/** What the helper could not do may still be done by a person on the host. */
const byHand = (fault: Fault, path: string, source: string): Fault => ({
  ...fault,
  fix: `${fault.fix} ${path} is mounted as a single file: you can also replace ${source} on the host by hand, then restart the container.`,
});
