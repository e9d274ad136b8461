import type { Sha256 } from '../../../../../shared/base/names';
import type { Result } from '../../../../../shared/base/result';
import type { FileContent, FileStat } from '../../connection';

/** What the connection needs of a server's files; over SFTP, or by sudo's own programs. */
export interface ServerFiles {
  /** Null: there is none. */
  stat(path: string, signal: AbortSignal): Promise<Result<FileStat | null>>;
  read(path: string, maxBytes: number, signal: AbortSignal): Promise<Result<FileContent>>;
  /** See `ServerConnection.replaceFile`. */
  replace(path: string, bytes: Uint8Array, expect: Sha256, signal: AbortSignal): Promise<Result<Sha256>>;
  /** A new file, private to its owner, that must not be there yet. */
  create(path: string, bytes: Uint8Array, signal: AbortSignal): Promise<Result<void>>;
  freeSpace(path: string, signal: AbortSignal): Promise<Result<number | null>>;
}
