import type { DraftHead, TypedForm } from '../../shared/ipc';
import type { Fault } from '../../shared/base/result';
import type { IpcClient } from '../bridge/ipc-client';
import type { FleetDocument } from './document.svelte';

/** From a change until it is being kept, milliseconds. Changes meanwhile are kept with it. */
const AFTER_MS = 300;

interface Kept extends Pick<FleetDocument, 'open' | 'saved' | 'draft' | 'path' | 'savedText' | 'text'> {
  /** What is typed into a form and not in the text yet; null: nothing. */
  readonly form: TypedForm | null;
}

/** Nothing of it is to be kept. Where no fleet is open, there is what stands in a form at most. */
const isSaved = ({ open, saved, form }: Kept): boolean => (saved || !open) && form === null;

/**
 * Has the app keep what is not saved, within a second of each change, and drop it once it is saved or declined. Where and
 * how it is kept the app says (`electron/app/drafts.ts`); this page only names the text.
 */
export class Drafts {
  /** What earlier starts left: not taken back and not declined yet. The newest first. */
  offered = $state.raw<readonly DraftHead[]>([]);
  readonly #client: IpcClient;
  readonly #tell: (fault: Fault) => void;
  #now: Kept | null = null;
  /** The drafts of open documents, this one and the one before it, that may be on the disk. */
  #onDisk: readonly string[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #work: Promise<unknown> = Promise.resolve();
  #told = false;

  /** @param tell says that nothing can be kept; once, until it works again */
  constructor(client: IpcClient, tell: (fault: Fault) => void) {
    this.#client = client;
    this.#tell = tell;
  }

  /** Reads what is offered. Call it at the start, before anything is edited. */
  async look(): Promise<void> {
    const answer = await this.#client.ask('draft.list', {});
    if (answer.ok) this.offered = answer.value.drafts.filter(({ id }) => id !== this.#now?.draft);
  }

  /** The newest that is offered for a file. */
  offeredFor(path: string): DraftHead | null {
    return this.offered.find((one) => one.path === path) ?? null;
  }

  /** The document and its open form as they are now: call it at every change. */
  notice(now: Kept): void {
    // Another is in its place: that one was saved, or a person agreed to lose it.
    if (this.#now !== null && this.#now.draft !== now.draft) this.#forget(this.#now.draft);
    this.#now = now;
    if (isSaved(now)) this.#forget(now.draft);
    else this.#timer ??= setTimeout(() => this.#keep(), AFTER_MS);
  }

  /** It was taken back: what is kept of it from now on is the open document's. */
  taken(id: string): void {
    this.offered = this.offered.filter((one) => one.id !== id);
    this.#onDisk = [...this.#onDisk, id];
  }

  /** A person wants it no more. */
  async decline(id: string): Promise<void> {
    this.offered = this.offered.filter((one) => one.id !== id);
    await this.#client.ask('draft.drop', { id });
  }

  /** The person agreed to lose what is open: nothing of it is kept. Resolves when it is gone. */
  async declineOpen(): Promise<void> {
    if (this.#now !== null) this.#forget(this.#now.draft);
    await this.#work;
  }

  #keep(): void {
    this.#timer = null;
    const now = this.#now;
    if (now === null || isSaved(now)) return;
    const { draft: id, path, savedText: base, text, form } = now;
    this.#onDisk = [...this.#onDisk.filter((one) => one !== id), id];
    this.#then(async () => {
      const answer = await this.#client.ask('draft.keep', { id, path, base, text, form });
      if (!answer.ok && !this.#told) this.#tell(answer.error);
      this.#told = !answer.ok;
    });
  }

  #forget(id: string): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#onDisk.includes(id)) return;
    this.#onDisk = this.#onDisk.filter((one) => one !== id);
    this.#then(() => this.#client.ask('draft.drop', { id }));
  }

  #then(work: () => Promise<unknown>): void {
    this.#work = this.#work.then(work);
  }
}
