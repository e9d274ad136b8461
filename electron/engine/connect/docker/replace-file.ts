import { posix } from 'node:path';
import type { Sha256 } from '../../../../shared/names';
import { fail, ok, type Fault, type Result } from '../../../../shared/result';
import { type At, faultAt } from '../ssh/faults';
import { cannotKeepOwner, confirmWritten, fileChanged, sha256Of } from '../ssh/files';
import { pause } from '../ssh/limits';
import { put, readFile } from './archive';
import type { Container, Inspected } from './container';
import { isSingleFile, mountAt, mountsOf } from './mounts';
import { withTemporary } from './temporary';
import type { Scratches, ScratchSpace } from './scratch';
import type { Owner, TarEntry } from './tar';

/** A server.toml is a few kilobytes; this only keeps a wrong path from filling the memory. */
export const LARGEST_CONFIG = 16 * 1024 * 1024;
/** How long an interrupted replacement is seen to its end. Milliseconds. */
const FINISH_MS = 30_000;
const FINISH_PAUSE_MS = 500;
const CLEAN_UP_MS = 10_000;
/** Where the helper container sees the folder of a file that is mounted alone. */
const HELPER_FOLDER = '/kanilink-host';

/** A file as the archive API can replace it: a name in a folder of a container. */
interface Spot {
  readonly container: Container;
  readonly folder: string;
  readonly name: string;
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
  const { at } = container;
  if (sha256 !== expect) return fail(fileChanged(at, path, expect, sha256));
  const mount = mountAt(mountsOf(seen), realPath);
  if (mount !== null && !mount.writable) return fail(readOnly(at, path, mount.destination));
  const owner: Owner = { uid: stat.uid, gid: stat.gid, mode: stat.mode };
  if (mount === null || !isSingleFile(mount, realPath)) {
    const folder = posix.dirname(realPath);
    const scratches = scratchesBeside(container, folder);
    return replaceAt(
      { container, folder, name: posix.basename(realPath), scratches },
      path,
      bytes,
      owner,
      expect,
      signal,
    );
  }
  const recipe = {
    entrypoint: ['/kanilink-helper-is-never-started'],
    args: [],
    host: { Mounts: [{ Type: 'bind', Source: posix.dirname(mount.source), Target: HELPER_FOLDER }] },
  };
  const replaced = await withTemporary(container.api, seen, recipe, `replacing ${path}`, signal, (helper) => {
    const scratches = scratchesBeside(helper, HELPER_FOLDER);
    const spot = { container: helper, folder: HELPER_FOLDER, name: posix.basename(mount.source), scratches };
    return replaceAt(spot, path, bytes, owner, expect, signal);
  });
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
  const { container, folder } = spot;
  const { at } = container;
  const wanted = sha256Of(bytes);
  const beside = `${space.relative}/${spot.name}`;
  const upload: readonly TarEntry[] = [...space.entries, { kind: 'file', name: beside, owner, bytes }];
  const sent = await put(container, folder, upload, `writing beside ${path}`, signal);
  if (!sent.ok) return sent;
  const back = await readFile(container, posix.join(folder, beside), LARGEST_CONFIG, signal);
  if (!back.ok) return back;
  const confirmed = confirmWritten(at, path, wanted, back);
  if (!confirmed.ok) return confirmed;
  if (!sameOwner(back.value.stat, owner))
    return fail(cannotKeepOwner(at, path, { ...back.value.stat, ...owner }, describe(back.value.stat)));

  // Right before the link, which cannot be made conditional: whoever wrote the file since then is not overwritten.
  const still = await readFile(container, posix.join(folder, spot.name), LARGEST_CONFIG, signal);
  if (!still.ok) return still;
  if (still.value.sha256 !== expect) return fail(fileChanged(at, path, expect, still.value.sha256));
  // The file comes along again: the engine unlinks the old name before it makes the link, so what the link needs must not
  // have gone meanwhile.
  const link: TarEntry = { kind: 'hard-link', name: spot.name, to: beside, owner };
  const linked = await put(container, folder, [...upload, link], `replacing ${path}`, signal);
  if (!linked.ok) return finish(spot, path, [...upload, link], wanted, expect, linked.error);
  const found = await readFile(container, posix.join(folder, spot.name), LARGEST_CONFIG, signal);
  if (!found.ok) return finish(spot, path, [...upload, link], wanted, expect, found.error);
  if (!sameOwner(found.value.stat, owner))
    return fail(cannotKeepOwner(at, path, { ...found.value.stat, ...owner }, describe(found.value.stat)));
  return confirmWritten(at, path, wanted, found);
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
  const { at } = spot.container;
  const signal = AbortSignal.timeout(FINISH_MS);
  let seenOld = 0;
  while (!signal.aborted) {
    const found = await readFile(spot.container, posix.join(spot.folder, spot.name), LARGEST_CONFIG, signal);
    if (found.ok && found.value.sha256 === wanted) return ok(wanted);
    if (found.ok && found.value.sha256 !== expect)
      return fail(fileChanged(at, path, expect, found.value.sha256));
    // Twice, for the engine may still be at it in the moment after it was left.
    if (found.ok && ++seenOld > 1) return fail(fault);
    if (!found.ok && found.error.code === 'no-such-file')
      await put(spot.container, spot.folder, entries, `replacing ${path}`, signal);
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
const describe = (owner: Owner): string => `got    ${owner.uid}:${owner.gid} mode 0${owner.mode.toString(8)}`;

const readOnly = (at: At, path: string, mount: string): Fault =>
  faultAt(
    at,
    'read-only',
    `${path} cannot be replaced: ${mount} is mounted read-only into the container`,
    'Mount it writable, or change the file where it comes from.',
    { file: path },
  );

/** What the helper could not do may still be done by a person on the host. */
const byHand = (fault: Fault, path: string, source: string): Fault => ({
  ...fault,
  fix: `${fault.fix} ${path} is mounted as a single file: you can also replace ${source} on the host by hand, then restart the container.`,
});
