import type { FileOnDisk } from '../../shared/ipc';
import type { IpcClient, OpenStream } from '../bridge/ipc-client';
import type { FleetDocument } from './document.svelte';

/** What the file on disk is, where it is not what the window has seen of it. */
export type ChangedFile = FileOnDisk & { readonly path: string };

/**
 * Follows the file of the open document, so that what another program does to it is noticed within seconds. What was seen
 * is the document's `savedText`: saving writes over nothing else.
 */
export class OnDisk {
  readonly #client: IpcClient;
  readonly #document: FleetDocument;
  #path: string | null = null;
  #stream: OpenStream | null = null;
  #now = $state.raw<ChangedFile | null>(null);
  #first: (() => void) | null = null;
  /** Null: it is as it was seen, or nothing is known of it. */
  changed = $derived.by(() => this.#unseen());

  constructor(client: IpcClient, document: FleetDocument) {
    this.#client = client;
    this.#document = document;
  }

  /** Follows this file from now on; null: none. */
  follow(path: string | null): void {
    if (path === this.#path && this.#stream !== null) return;
    this.#stream?.close();
    this.#stream = null;
    this.#path = path;
    this.#now = null;
    if (path === null) return;
    this.#stream = this.#client.open(
      'file',
      { path },
      {
        onItems: (items) => this.#take(path, items.at(-1)),
        // The engine is gone; it is followed again when it is back.
        onEnd: () => (this.#stream = null),
      },
    );
  }

  /** Follows on, after a new start of the engine. */
  again(): void {
    this.follow(this.#path);
  }

  /** Looks at the file at once. Resolves when it is known what is there, or after a few seconds. */
  async look(limitMs = 6000): Promise<void> {
    const path = this.#path;
    const known = new Promise<void>((resolve) => {
      this.#first = resolve;
      setTimeout(resolve, limitMs);
    });
    this.follow(null);
    this.follow(path);
    await known;
  }

  #take(path: string, file: FileOnDisk | undefined): void {
    if (file === undefined || path !== this.#path) return;
    this.#now = { ...file, path };
    this.#first?.();
    this.#first = null;
    const { path: open, text, savedText } = this.#document;
    // Somebody wrote just what the window holds.
    if (file.kind === 'text' && open === path && file.text === text && text !== savedText)
      this.#document.saw(text);
  }

  #unseen(): ChangedFile | null {
    const [file, { open, path, savedText, saving }] = [this.#now, this.#document];
    if (!open || file === null || file.path !== path || saving !== null) return null;
    if (file.kind === 'gone') return savedText === null ? null : file;
    return file.kind === 'text' && file.text === savedText ? null : file;
  }
}
