import { readFile, stat } from 'node:fs/promises';

/**
 * What was read of text files that are read again and again and seldom change. A file is opened only when its inode, size
 * or one of its times (in nanoseconds) is another than before it was read last.
 */
export class UnchangedFiles<T> {
  private readonly kept = new Map<
    string,
    { readonly stamp: string; readonly size: number; readonly value: T }
  >();
  private size = 0;

  /** @param mostBytes of files whose content is kept, in all; what does not fit is read each time. */
  constructor(private readonly mostBytes: number) {}

  /**
   * @param parse makes of the text what is kept.
   * @throws as `stat` and `readFile` do.
   */
  async read(path: string, parse: (text: string) => T): Promise<T> {
    // Before the reading: what is written meanwhile makes the next stamp another one.
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    const stamp = [ino, size, mtimeNs, ctimeNs].join(' ');
    const before = this.kept.get(path);
    if (before?.stamp === stamp) return before.value;
    if (this.kept.delete(path)) this.size -= before?.size ?? 0;
    const value = parse(await readFile(path, 'utf8'));
    if (this.size + Number(size) <= this.mostBytes) {
      this.kept.set(path, { stamp, size: Number(size), value });
      this.size += Number(size);
    }
    return value;
  }
}
