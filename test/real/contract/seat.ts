import type { ServerConnection } from '../../../electron/engine/connect/connection';

/** What the contract is held against: one way to a server, and hands at the server itself. */
export interface Seat {
  /** Connects to the practice server. */
  open(): Promise<ServerConnection>;
  /** Connects to a server whose kanidmd does as it is told (`told.ts`). */
  openTold(): Promise<ServerConnection>;
  /** The practice server's configuration, as the connection names it. */
  readonly config: string;
  /** The folder of its database. */
  readonly data: string;
  /** How many programs run there that have this word among their arguments. */
  running(word: string): number;
  readonly manager: string;
  /** Where the practice server's HTTPS listens, and whether this way leads there. */
  readonly https: { readonly port: number; readonly inReach: boolean };
  readonly hands: Hands;
  /** Breaks every connection on the way; the next ones are let through. */
  cut(): void;
  close?(): Promise<void>;
}

/** What somebody at the server's console does, as root; paths as the connection names them. */
export interface Hands {
  put(path: string, text: string, about: About): void;
  link(target: string, path: string): void;
  get(path: string): string;
  about(path: string): About;
  isLink(path: string): boolean;
  /** Names in a folder, without the empty file that the archive API cannot delete (docs/decisions/0008). */
  list(folder: string): readonly string[];
}

export interface About {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}
