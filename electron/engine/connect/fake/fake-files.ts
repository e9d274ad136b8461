import { posix } from 'node:path';
import type { Sha256 } from '../../../../shared/base/names';
import { type Fault, type Result, fail, ok } from '../../../../shared/base/result';
import type { FileContent, FileStat } from '../connection';
import { sha256Of } from '../common/files';

interface Node {
  readonly stat: FileStat;
  /** Null: a folder. */
  readonly bytes: Uint8Array | null;
}

/** What a new file or folder is besides its bytes. */
export interface About {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

const ROOTS: About = { mode: 0o644, uid: 0, gid: 0 };

/**
 * The files of a fake server, with the faults and the order of looks that `ServerConnection` promises. Paths are absolute;
 * every folder above a file is there.
 */
export class FakeFiles {
  private readonly nodes = new Map<string, Node>();
  /** Symbolic links, and what each leads to. */
  private readonly links = new Map<string, string>();
  /** Bytes free; null: the transport cannot tell. */
  free: number | null = 10 * 1024 * 1024 * 1024;
  /** Nothing more can be written by us. */
  full = false;

  /** @param now the server's clock, milliseconds. */
  constructor(
    private readonly now: () => number,
    private readonly server: string,
  ) {}

  /** What somebody at the console does: puts a file, whatever was there. */
  put(
    path: string,
    content: string | Uint8Array,
    // A size of its own: a large file that nobody reads.
    about: Partial<About & { size: number }> = {},
    at = this.now(),
  ): void {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const stat = { kind: 'file' as const, size: bytes.length, ...ROOTS, ...about, modifiedAt: at };
    this.nodes.set(this.real(path), { stat, bytes });
  }

  /** Makes a symbolic link. */
  link(target: string, path: string): void {
    this.links.set(path, posix.resolve(posix.dirname(path), target));
  }

  isLink(path: string): boolean {
    return this.links.has(path);
  }

  /** The text of a file; null: there is none. */
  text(path: string): string | null {
    const bytes = this.nodes.get(this.real(path))?.bytes ?? null;
    return bytes === null ? null : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  }

  /** Names that lie in a folder, in order. */
  list(folder: string): readonly string[] {
    return [...this.nodes.keys(), ...this.links.keys()]
      .filter((it) => posix.dirname(it) === folder)
      .map((it) => posix.basename(it))
      .sort();
  }

  stat(path: string): FileStat | null {
    return (
      this.nodes.get(this.real(path))?.stat ?? (this.isAbove(path) ? folderStat(0o755, this.now()) : null)
    );
  }

  read(path: string, maxBytes: number): Result<FileContent> {
    const node = this.nodes.get(this.real(path));
    if (!node?.bytes) return fail(this.stat(path) === null ? this.noSuchFile(path) : this.notAFile(path));
    if (node.bytes.length > maxBytes) return fail(this.tooLarge(path, maxBytes));
    return ok({ bytes: node.bytes.slice(), sha256: sha256Of(node.bytes), stat: node.stat });
  }

  replace(path: string, bytes: Uint8Array, expect: Sha256): Result<Sha256> {
    const old = this.read(path, Infinity);
    if (!old.ok) return old;
    if (old.value.sha256 !== expect) return fail(this.changed(path, expect, old.value.sha256));
    if (this.full) return fail(this.diskFull(path));
    const { mode, uid, gid } = old.value.stat;
    this.put(path, bytes.slice(), { mode, uid, gid });
    return ok(sha256Of(bytes));
  }

  makeFolder(path: string, mode: number): Result<void> {
    const there = this.stat(path);
    if (there !== null && there.kind !== 'folder') return fail(this.exists(path));
    if (there !== null && (there.mode & ~mode) !== 0) return fail(this.tooOpen(path));
    if (there === null && this.full) return fail(this.diskFull(path));
    this.nodes.set(path, { stat: folderStat(mode, this.now()), bytes: null });
    return ok(undefined);
  }

  /** A file, or a folder with everything in it; what is not there is removed already. */
  remove(path: string): void {
    for (const it of [...this.nodes.keys()])
      if (it === path || it.startsWith(`${path}/`)) this.nodes.delete(it);
    this.links.delete(path);
  }

  /** Where a path leads. */
  private real(path: string): string {
    let at = path;
    for (let hops = 0; hops < 40; hops++) {
      const target = this.links.get(at);
      if (target === undefined) return at;
      at = target;
    }
    return path;
  }

  private isAbove(path: string): boolean {
    return path === '/' || [...this.nodes.keys()].some((it) => it.startsWith(`${path}/`));
  }

  private readonly fault = (code: string, path: string, message: string, detail?: string): Fault => ({
    code,
    message,
    fix: 'Look at the file on the server.',
    ...(detail === undefined ? {} : { detail }),
    where: { server: this.server, file: path },
  });
  private readonly noSuchFile = (path: string) => this.fault('no-such-file', path, `There is no ${path}.`);
  private readonly notAFile = (path: string) =>
    this.fault('not-a-file', path, `${path} is not a regular file.`);
  private readonly tooLarge = (path: string, maxBytes: number) =>
    this.fault('file-too-large', path, `${path} is larger than ${maxBytes} bytes.`);
  private readonly exists = (path: string) =>
    this.fault('file-exists', path, `${path} is there and is no folder.`);
  private readonly tooOpen = (path: string) =>
    this.fault('folder-too-open', path, `Others may enter ${path}.`);
  private readonly diskFull = (path: string) => this.fault('disk-full', path, `The disk is full at ${path}.`);
  private readonly changed = (path: string, expect: string, found: string) =>
    this.fault(
      'file-changed',
      path,
      `${path} was changed by somebody else since it was read; nothing was replaced.`,
      `expected sha256 ${expect}\nfound    sha256 ${found}`,
    );
}

const folderStat = (mode: number, modifiedAt: number): FileStat => ({
  kind: 'folder',
  size: 0,
  mode,
  uid: 0,
  gid: 0,
  modifiedAt,
});
