import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { ok, type Result } from '../../../../../shared/base/result';
import { put, stat } from './archive';
import type { Container } from '../api/container';
import type { Owner, TarEntry } from './tar';

/** The one folder for what must not stay, beside the config. */
const FOLDER = '.kanilink';

/** A private folder in it. */
export interface ScratchSpace {
  /** Absolute, in the container. */
  readonly path: string;
  /** The entries of a tar that make the folder, for tars unpacked beside the config. */
  readonly entries: readonly TarEntry[];
  /** Relative to the folder beside the config. */
  readonly relative: string;
  leave(signal: AbortSignal): Promise<Result<void>>;
}

/**
 * Scratch folders beside a container's config. The archive API cannot delete; but an empty file that is unpacked under a
 * folder's name replaces the folder with all it holds (`design.md`, "The seam to a server"). So every scratch lies in one
 * folder, which ends as an empty file when the last one is left.
 */
export class Scratches {
  private users = 0;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly container: Container,
    /** The folder beside the config. */
    private readonly beside: string,
  ) {}

  /** Makes a fresh 0700 folder that belongs to `owner`. */
  enter(
    owner: { readonly uid: number; readonly gid: number },
    signal: AbortSignal,
  ): Promise<Result<ScratchSpace>> {
    return this.oneByOne(async () => {
      const relative = `${FOLDER}/${randomBytes(6).toString('hex')}`;
      const folder: Owner = { ...owner, mode: 0o700 };
      const entries: readonly TarEntry[] = [
        { kind: 'folder', name: FOLDER, owner: folder },
        { kind: 'folder', name: relative, owner: folder },
      ];
      const path = posix.join(this.beside, relative);
      const made = await put(this.container, this.beside, entries, `making ${path}`, signal);
      if (!made.ok) return made;
      this.users++;
      let left = false;
      return ok({
        path,
        relative,
        entries,
        leave: async (limit: AbortSignal) => {
          if (left) return ok(undefined);
          left = true;
          return this.leave(relative, limit);
        },
      });
    });
  }

  /** Takes up the folder at `path` that an earlier program made and did not leave; null: there is none. */
  again(path: string, signal: AbortSignal): Promise<Result<Pick<ScratchSpace, 'path' | 'leave'> | null>> {
    return this.oneByOne(async () => {
      const there = await stat(this.container, path, signal);
      if (!there.ok) return there;
      if (there.value?.kind !== 'folder') return ok(null);
      this.users++;
      let left = false;
      return ok({
        path,
        leave: async (limit: AbortSignal) => {
          if (left) return ok(undefined);
          left = true;
          return this.leave(posix.relative(this.beside, path), limit);
        },
      });
    });
  }

  private leave(relative: string, signal: AbortSignal): Promise<Result<void>> {
    return this.oneByOne(async () => {
      this.users--;
      const name = this.users === 0 ? FOLDER : relative;
      const owner: Owner = { uid: 0, gid: 0, mode: 0o600 };
      return put(
        this.container,
        this.beside,
        [{ kind: 'file', name, owner, bytes: new Uint8Array() }],
        `removing ${posix.join(this.beside, relative)}`,
        signal,
      );
    });
  }

  /** Making and removing take turns, for the last to leave removes for all. */
  private oneByOne<T>(work: () => Promise<T>): Promise<T> {
    const next = this.turn.then(work, work);
    this.turn = next.catch(() => undefined);
    return next;
  }
}
