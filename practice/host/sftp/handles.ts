import { randomBytes } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { SftpTrouble } from './trouble';
import { STATUS } from './packets';

/** An open file. `append`: writes go to its end whatever offset the client gives. */
export interface OpenFile {
  readonly kind: 'file';
  readonly file: FileHandle;
  readonly append: boolean;
}

/** A text that is no file on the real machine (`/proc/uptime`). */
export interface OpenText {
  readonly kind: 'text';
  readonly bytes: Buffer;
}

/** A directory being listed; `left` shrinks as it is read. */
export interface OpenFolder {
  readonly kind: 'folder';
  readonly left: { readonly name: string; readonly stat: BigIntStats }[];
}

type Open = OpenFile | OpenText | OpenFolder;

/** As many as OpenSSH's server lets one session have. */
const MOST_HANDLES = 100;

/** What one SFTP session has open, by the handles it was given. */
export class Handles {
  readonly #open = new Map<string, Open>();

  add(open: Open): Buffer {
    if (this.#open.size >= MOST_HANDLES) throw new SftpTrouble(STATUS.FAILURE);
    const handle = randomBytes(4);
    this.#open.set(handle.toString('hex'), open);
    return handle;
  }

  get(handle: Buffer): Open {
    const open = this.#open.get(handle.toString('hex'));
    if (!open) throw new SftpTrouble(STATUS.FAILURE);
    return open;
  }

  file(handle: Buffer): OpenFile {
    const open = this.get(handle);
    if (open.kind !== 'file') throw new SftpTrouble(STATUS.FAILURE);
    return open;
  }

  async close(handle: Buffer): Promise<void> {
    const open = this.get(handle);
    this.#open.delete(handle.toString('hex'));
    if (open.kind === 'file') await open.file.close();
  }

  async closeAll(): Promise<void> {
    const open = [...this.#open.values()];
    this.#open.clear();
    await Promise.allSettled(open.map((one) => (one.kind === 'file' ? one.file.close() : undefined)));
  }
}
