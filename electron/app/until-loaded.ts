import type { ToWindow } from '../../shared/ipc';

/** More than these are not held: nobody clicks so many while a page loads. The oldest go first. */
const MOST_HELD = 20;

/** What nobody asked for: a page that does not listen yet would never hear of it. */
const UNASKED: ReadonlySet<ToWindow['kind']> = new Set<ToWindow['kind']>(['command', 'open-path', 'engine']);

/**
 * Holds what comes to a page by itself until the page has loaded: a menu item, a fleet file from the file manager, news
 * of the engine. Electron drops what is sent to a page that does not listen. Answers pass at once: a page that asked
 * listens.
 */
export class UntilLoaded {
  readonly #send: (message: ToWindow) => void;
  #loaded = false;
  #held: readonly ToWindow[] = [];

  constructor(send: (message: ToWindow) => void) {
    this.#send = send;
  }

  send(message: ToWindow): void {
    if (this.#loaded || !UNASKED.has(message.kind)) this.#send(message);
    else this.#held = [...this.#held, message].slice(-MOST_HELD);
  }

  /** Another page is on its way: it does not listen yet. */
  loading(): void {
    this.#loaded = false;
  }

  /** The page's scripts have run: it gets what was held, in order. */
  loaded(): void {
    this.#loaded = true;
    const held = this.#held;
    this.#held = [];
    for (const message of held) this.#send(message);
  }
}
