import type { LogLineView } from '../../../shared/ipc';
import { isUnread } from '../../../shared/ipc/log-remark';

/** Characters of a line that are compared; of a long one no more than its beginning is held. */
const COMPARED = 500;

/** The lines that are held, by server and key: what comes again is known by them, never by its time. */
export class KnownLines<L extends LogLineView> {
  readonly #servers = new Map<string, Map<string, L>>();
  /** That a log cannot be read, as long as nothing of that server came since. */
  readonly #unread = new Map<string, Map<string, L>>();
  /** Servers that are no longer in the fleet under this name. */
  #gone: readonly string[] = [];

  /** The fleet's servers from now on. */
  name(servers: readonly string[]): void {
    this.#gone = [...this.#servers.keys()].filter((server) => !servers.includes(server));
  }

  /** The held line that this one is, perhaps of a server that had another name; null: it is new. */
  find(line: LogLineView): L | null {
    if (line.key === '') return null;
    if (isUnread(line)) return this.#unread.get(line.server)?.get(line.key) ?? null;
    const known = this.#servers.get(line.server)?.get(line.key);
    if (known !== undefined) return known;
    for (const server of this.#gone) {
      const former = this.#servers.get(server)?.get(line.key);
      if (former?.at === line.at && line.raw.startsWith(former.raw.slice(0, COMPARED))) return former;
    }
    return null;
  }

  add(line: L): void {
    if (line.key === '') return;
    const kept = isUnread(line) ? this.#unread : this.#servers;
    const lines = kept.get(line.server) ?? new Map<string, L>();
    kept.set(line.server, lines.set(line.key, line));
    if (!isUnread(line)) this.#unread.delete(line.server);
  }

  remove(line: L): void {
    const lines = (isUnread(line) ? this.#unread : this.#servers).get(line.server);
    if (lines?.get(line.key) === line) lines.delete(line.key);
  }

  clear(): void {
    this.#servers.clear();
    this.#unread.clear();
    this.#gone = [];
  }
}
