import type { ToWindow } from '../../shared/ipc';

/** More than these are not held: nobody clicks so many while a page loads. The oldest go first. */
const MOST_HELD = 20;

/** What nobody asked for: a page that does not listen yet would never hear of it. */
const UNASKED: ReadonlySet<ToWindow['kind']> = new Set<ToWindow['kind']>(['command', 'open-path', 'engine']);

/**
 * Holds what comes to a page by itself until the page has loaded: a menu item, a fleet file from the file manager. Electron
 * drops what is sent to a page that does not listen. Answers pass at once: a page that asked listens. Of the engine each page
 * is told how it is now: what was said of it before, the page before may have heard.
 */
export class UntilLoaded {
  readonly #send: (message: ToWindow) => void;
  readonly #news: () => ToWindow | null;
  #loaded = false;
  #held: readonly ToWindow[] = [];

  /** @param news how the engine is now; null: there is nothing to say */
  constructor(send: (message: ToWindow) => void, news: () => ToWindow | null) {
    this.#send = send;
    this.#news = news;
  }

  send(message: ToWindow): void {
    if (this.#loaded || !UNASKED.has(message.kind)) this.#send(message);
    else if (message.kind !== 'engine') this.#held = [...this.#held, message].slice(-MOST_HELD);
  }

  /** Another page is on its way: it does not listen yet. */
  loading(): void {
    this.#loaded = false;
  }

  /** The page's scripts have run: it is told of the engine, and gets what was held, in order. */
  loaded(): void {
    this.#loaded = true;
    const news = this.#news();
    if (news !== null) this.#send(news);
    const held = this.#held;
    this.#held = [];
    for (const message of held) this.#send(message);
  }
}
