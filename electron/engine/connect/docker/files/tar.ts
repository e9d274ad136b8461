import { extract, type Header, pack } from 'tar-stream';
import type { Readable } from 'node:stream';

/** Who a file belongs to and who may use it: what a tar header carries, and the engine keeps. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
  /** Permission bits, `0o640`. */
  readonly mode: number;
}

export type TarEntry = { readonly name: string; readonly owner: Owner } & (
  | { readonly kind: 'file'; readonly bytes: Uint8Array }
  | { readonly kind: 'folder' }
  /** Another name for a file of the same archive or folder. */
  | { readonly kind: 'hard-link'; readonly to: string }
);

/** A tar of a few small files, whole in memory. Names are relative to the folder it is unpacked in. */
export async function buildTar(entries: readonly TarEntry[], modifiedAt: Date): Promise<Buffer> {
  const archive = pack();
  for (const entry of entries) {
    const { name, owner } = entry;
    const header = { name, ...owner, mtime: modifiedAt };
    switch (entry.kind) {
      case 'file':
        archive.entry({ ...header, type: 'file' }, Buffer.from(entry.bytes));
        break;
      case 'folder':
        archive.entry({ ...header, type: 'directory' });
        break;
      case 'hard-link':
        archive.entry({ ...header, type: 'link', linkname: entry.to });
        break;
    }
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export type FirstEntry =
  | { readonly kind: 'entry'; readonly header: Header; readonly bytes: Buffer }
  | { readonly kind: 'too-large'; readonly header: Header }
  /** The stream ended early. */
  | { readonly kind: 'cut'; readonly reason: string }
  /** It is no archive, or one without an entry. */
  | { readonly kind: 'no-archive'; readonly reason: string };

/** Headers that stand before an entry's own (a long name, pax) are as small as this; more of them is no archive of ours. */
const MOST_BEFORE = 1024 * 1024;

/**
 * Reads an archive's first entry while it comes, then leaves the stream: an archive of one path begins with that path.
 * @param maxBytes of a file's content; a larger one is left at once, whatever its header says. 0: only the header.
 */
export function readFirstEntry(stream: Readable, maxBytes: number): Promise<FirstEntry> {
  return new Promise((resolve) => {
    const reader = extract();
    const done = (result: FirstEntry) => {
      resolve(result);
      stream.unpipe(reader);
      stream.destroy();
      reader.destroy();
    };
    const cut = (error?: Error | null) =>
      done({ kind: 'cut', reason: error?.message ?? 'the archive ended early' });
    const noArchive = (reason: string) => done({ kind: 'no-archive', reason });
    let begun = false;
    reader.on('entry', (header, content) => {
      begun = true;
      const numbers = [header.size, header.uid, header.gid, header.mode, header.mtime.getTime()];
      if (!numbers.every(Number.isSafeInteger)) {
        noArchive(`the header of its entry holds odd numbers: ${numbers.join(' ')}`);
        return;
      }
      content.on('error', () => undefined);
      if (maxBytes === 0) {
        done({ kind: 'entry', header, bytes: Buffer.alloc(0) });
        return;
      }
      if (header.size > maxBytes) {
        done({ kind: 'too-large', header });
        return;
      }
      const chunks: Buffer[] = [];
      let size = 0;
      content.on('data', (data: unknown) => {
        const chunk = data as Buffer;
        size += chunk.length;
        if (size > maxBytes) done({ kind: 'too-large', header });
        else chunks.push(chunk);
      });
      content.on('end', () => {
        // A stream that ends within an entry must not pass for a shorter file.
        if (size === header.size) done({ kind: 'entry', header, bytes: Buffer.concat(chunks) });
        else done({ kind: 'cut', reason: `${size} of ${header.size} bytes came` });
      });
      content.resume();
    });
    reader.on('error', ({ message }) =>
      /unexpected end/i.test(message) ? cut() : noArchive(`it is no tar archive: ${message}`),
    );
    let came = 0;
    reader.on('finish', () => (came === 0 ? cut() : noArchive('it is an archive without an entry')));
    stream.on('data', (chunk: Buffer) => {
      came += chunk.length;
      if (!begun && came > MOST_BEFORE) noArchive(`no entry within its first ${MOST_BEFORE} bytes`);
    });
    stream.once('error', cut).once('close', () => {
      if (!stream.readableEnded) cut();
    });
    stream.pipe(reader);
  });
}
