import { createGunzip, constants } from 'node:zlib';
import { type KnownChanges, readKnownChanges } from '../../../shared/ruv/known-changes';

/** What comes before the entries unpacks to no more; a change identifier takes about a hundred bytes of it. */
const LARGEST_HEAD = 48 * 1024 * 1024;
/** Here the entries begin; a quote within a text has a backslash before it. */
const ENTRIES = '"entries":[';
/** RFC 1952, 2.3.1: the first byte of gzip, which no JSON begins with. */
const GZIP = 0x1f;

export type Head =
  | { readonly result: 'read'; readonly known: KnownChanges }
  /** Nothing came that could be a backup. */
  | { readonly result: 'nothing' }
  | { readonly result: 'unreadable'; readonly why: string };

/**
 * Reads a backup up to its entries, as it comes: version, domain and RUV stand before them (`kanidm.md`, "scripting
 * backup"). It holds the replication key too, so nothing of it is kept but the change identifiers.
 */
export class HeadReader {
  private readonly chunks: Buffer[] = [];
  private size = 0;
  /** The end of what was searched already, in which the mark may begin. */
  private tail = Buffer.alloc(0);
  private state: 'nothing' | 'reading' | 'whole' | 'beyond' | 'broken' = 'nothing';
  private why = 'it ends before its entries';
  private packed: ReturnType<typeof createGunzip> | null = null;
  private ended: Promise<void> = Promise.resolve();

  /** Takes a piece as it was printed. @returns true: that is enough. */
  take(bytes: Uint8Array): boolean {
    if (this.state === 'nothing' && bytes.length > 0) {
      this.state = 'reading';
      if (bytes[0] === GZIP) this.packed = this.unpack();
    }
    if (this.state === 'reading') {
      if (this.packed === null) this.look(Buffer.from(bytes));
      else this.packed.write(Buffer.from(bytes));
    }
    return this.isOver();
  }

  /** What was read, once no more comes. */
  async end(): Promise<Head> {
    this.packed?.end();
    await this.ended;
    if (this.state === 'nothing') return { result: 'nothing' };
    if (this.state !== 'whole') return { result: 'unreadable', why: this.why };
    const text = Buffer.concat(this.chunks).toString('utf8');
    try {
      const known = readKnownChanges(JSON.parse(`${text}]}`));
      return known === null
        ? { result: 'unreadable', why: 'what it says of itself has another form' }
        : { result: 'read', known };
    } catch {
      return { result: 'unreadable', why: 'it is no JSON' };
    }
  }

  private isOver(): boolean {
    return this.state !== 'nothing' && this.state !== 'reading';
  }

  private unpack(): ReturnType<typeof createGunzip> {
    // What is cut is read as far as it goes.
    const packed = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
    this.ended = new Promise((resolve) => {
      packed.once('close', resolve).once('end', resolve);
      packed.once('error', (error: Error) => {
        if (this.state === 'reading') [this.state, this.why] = ['broken', error.message.slice(0, 200)];
        resolve();
      });
    });
    return packed.on('data', (text: Buffer) => {
      this.look(text);
      if (this.isOver()) packed.destroy();
    });
  }

  private look(text: Buffer): void {
    if (this.state !== 'reading') return;
    const near = Buffer.concat([this.tail, text]);
    const found = near.indexOf(ENTRIES);
    const upTo = found < 0 ? text.length : found + ENTRIES.length - this.tail.length;
    this.chunks.push(text.subarray(0, upTo));
    this.size += upTo;
    if (found >= 0) this.state = 'whole';
    else if (this.size > LARGEST_HEAD)
      [this.state, this.why] = ['beyond', `its head has more than ${LARGEST_HEAD / 1024 / 1024} MiB`];
    this.tail = near.subarray(Math.max(0, near.length - ENTRIES.length + 1));
  }
}
