import { realpathSync } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';

/** What every machine has, and where the machine's own is. */
const OWN = [
  ['/var/lock', 'run/lock'],
  ['/var/run', 'run'],
  ['/run', 'run'],
] as const;

/**
 * A machine's files are one folder of the real machine. Paths are absolute paths of the real machine, and only those inside
 * the folder can be reached, symlinks followed. `/run` is the machine's own, else all machines would share one.
 */
export class Fence {
  readonly root: string;

  /** @param root an existing folder. */
  constructor(root: string) {
    this.root = realpathSync(root);
  }

  /** The real path meant by a path on the machine; relative ones start at the machine's folder. Not checked. */
  locate(path: string): string {
    const absolute = resolve(this.root, path);
    if (absolute === this.root || absolute.startsWith(this.root + sep)) return absolute;
    for (const [shared, own] of OWN) {
      if (absolute === shared || absolute.startsWith(`${shared}/`))
        return join(this.root, own, absolute.slice(shared.length));
    }
    return absolute;
  }

  /** Is this one of the folders the machine's folder lies in? They may be looked at, as on any machine, and no more. */
  isAbove(path: string): boolean {
    const absolute = resolve(this.root, path);
    return absolute === '/' || this.root.startsWith(absolute + sep);
  }

  /**
   * The real path meant, if it may be reached.
   *
   * @param follow whether the last part is followed when it is a symlink.
   * @returns null when the path leads out of the folder.
   */
  async enter(path: string, follow: boolean): Promise<string | null> {
    const located = this.locate(path);
    if (!follow) {
      const parent = await realOrNearest(dirname(located));
      return this.#holds(located === this.root ? located : parent) ? located : null;
    }
    return this.#holds(await realOrNearest(located)) ? located : null;
  }

  #holds(real: string): boolean {
    return real === this.root || real.startsWith(this.root + sep);
  }
}

/** The path with symlinks resolved as far as it exists. A dangling symlink leads where it points. */
async function realOrNearest(path: string, depth = 0): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    // A symlink that exists but cannot be resolved dangles or loops: nobody may create a file through it.
    const dangling = await lstat(path).then(
      (stat) => stat.isSymbolicLink(),
      () => false,
    );
    if (dangling || parent === path || depth > 64) return '/';
    return join(await realOrNearest(parent, depth + 1), basename(path));
  }
}
