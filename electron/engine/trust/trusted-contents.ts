import { join, resolve, sep } from 'node:path';
import type { ServerUse } from '../../../shared/fleet/model/trust';
import { sha256Of } from '../connect/common/files';
import type { BelievedFiles } from '../connect/common/this-machine';
import { authorityIn } from '../connect/docker/api/tls-files';
import { readLocalFile } from '../storage/local-file';
import type { Contents, KeptTrust } from './kept-trust';

/** A file that was not there: nothing was believed by it. */
const NOTHING = null;

/**
 * What the files hold that say whom to believe for a trusted fleet: its known_hosts, and the CA of its engines. A path is
 * trusted with what lay there; who can change the file could otherwise have another host believed without a question.
 * Key files and client certificates prove the person, not the server: another one logs in as somebody else, or not at all,
 * so their path is enough (decision 52).
 */
export class TrustedContents implements BelievedFiles {
  readonly #kept: KeptTrust;
  /** What belongs to the person, and to programs that they use: it changes with each host they log in to. */
  readonly #own: readonly string[];
  /** Of each fleet file that is trusted in this session. */
  readonly #agreed = new Map<string, Contents>();
  #writing: Promise<unknown> = Promise.resolve();

  constructor(kept: KeptTrust, home: string) {
    this.#kept = kept;
    this.#own = ['.ssh', '.docker'].map((folder) => join(home, folder) + sep);
  }

  /** Files that hold something else than what was agreed to for a fleet, with what they hold. One that is gone makes nobody believed. */
  async changed(file: string, uses: readonly ServerUse[]): Promise<Readonly<Record<string, string>>> {
    const agreed = await this.#of(file);
    const found = await Promise.all(
      this.#pathsOf(uses).map(async (path) => [path, await hashOf(path)] as const),
    );
    return Object.fromEntries(
      found.flatMap(([path, now]) => {
        const known = agreed.flatMap((one) => (Object.hasOwn(one, path) ? [one[path]] : []));
        return now === NOTHING || known.length === 0 || known.includes(now) ? [] : [[path, now]];
      }),
    );
  }

  /** What is agreed to with these uses: what was before, what a person saw, and of new paths what lies there. */
  async agreeTo(file: string, uses: readonly ServerUse[], seen: Contents): Promise<Contents> {
    const [before = {}] = await this.#of(file);
    const known: Contents = { ...before, ...seen };
    const all = this.#pathsOf(uses).map(async (path) => {
      const content = Object.hasOwn(known, path) ? known[path] : await hashOf(path);
      return [path, content ?? NOTHING] as const;
    });
    const contents: Contents = Object.fromEntries(await Promise.all(all));
    this.#agreed.set(file, contents);
    return contents;
  }

  /** The file is trusted in this session: what was agreed to for it counts. */
  async remember(file: string): Promise<void> {
    if (this.#agreed.has(file)) return;
    const kept = await this.#kept.read(file);
    if (kept !== null) this.#agreed.set(file, kept.contents);
  }

  forget(file: string): void {
    this.#agreed.delete(file);
  }

  async believes(spelled: string, bytes: Uint8Array): Promise<boolean> {
    const path = resolve(spelled);
    const now = sha256Of(bytes);
    const naming = [...this.#agreed].filter(([, contents]) => Object.hasOwn(contents, path));
    if (naming.length === 0) return true;
    for (const [file] of naming)
      // Another Kanilink may have written into it, or have asked, since.
      if ((await this.#of(file)).some((contents) => contents[path] === now)) return true;
    return false;
  }

  writing<T>(spelled: string, write: () => Promise<T>): Promise<T> {
    const path = resolve(spelled);
    const turn = this.#writing.then(async () => {
      const before = await hashOf(path);
      const naming = [...this.#agreed].filter(([, contents]) => contents[path] === before);
      const written = await write();
      const after = await hashOf(path);
      for (const [file, contents] of naming) {
        this.#agreed.set(file, { ...contents, [path]: after });
        await this.#keep(file, path, after);
      }
      return written;
    });
    this.#writing = turn.catch(() => undefined);
    return turn;
  }

  async #keep(file: string, path: string, content: string | null): Promise<void> {
    const kept = await this.#kept.read(file);
    if (kept === null || !Object.hasOwn(kept.contents, path)) return;
    // Where it cannot be kept, it is asked about at the next start.
    await this.#kept
      .write(file, { ...kept, contents: { ...kept.contents, [path]: content } })
      .catch(() => undefined);
  }

  /** In this session, then as kept. */
  async #of(file: string): Promise<readonly Contents[]> {
    const kept = await this.#kept.read(file);
    return [this.#agreed.get(file), kept?.contents].filter((one) => one !== undefined);
  }

  #pathsOf(uses: readonly ServerUse[]): readonly string[] {
    const named = uses.flatMap(({ knownHosts, certificates }) => [
      ...(knownHosts === null ? [] : [knownHosts]),
      ...(certificates === null ? [] : [authorityIn(certificates)]),
    ]);
    return [...new Set(named.map((path) => resolve(path)))].filter(
      (path) => !this.#own.some((folder) => path.startsWith(folder)),
    );
  }
}

/** One that cannot be read is not believed either, and a connection says why. */
async function hashOf(path: string): Promise<string | null> {
  const file = await readLocalFile(path);
  return file.kind === 'read' ? sha256Of(file.bytes) : NOTHING;
}
