/** What a person is asked about a page that is gone or does not answer. */
export interface PageQuestion {
  readonly message: string;
  readonly detail: string;
  /** The first one is chosen by Enter, and by Escape. */
  readonly answers: readonly PageAnswer[];
  /** Withdraws the question: it counts as answered with its first answer. */
  readonly withdrawn: AbortSignal;
}

export const pageAnswers = {
  wait: 'Wait',
  load: 'Load the window again',
  log: 'Show log file',
  quit: 'Quit',
} as const;
export type PageAnswer = keyof typeof pageAnswers;

export interface PageParts {
  readonly ask: (question: PageQuestion) => Promise<PageAnswer>;
  readonly showLog: () => void;
  readonly quit: () => void;
  /** Loads the page; one that still runs is ended first, as it may hang, and asks nothing. */
  readonly load: () => void;
}

/** What becomes of a page that is gone, or hangs: one question at a time, and nothing that was not answered. */
export class PageTrouble {
  #asked: AbortController | null = null;
  /** What is asked about may be over by itself. */
  #mayPass = false;

  constructor(private readonly parts: PageParts) {}

  /** There is no page any more: it is loaded again, or the app ends. */
  async gone(message: string, detail: string): Promise<void> {
    if (this.#asked !== null && !this.#mayPass) return;
    await this.#ask(message, detail, ['load', 'log', 'quit']);
  }

  /** The page may be busy: what it holds is lost by loading it again, so nothing but that answer does it. */
  async hangs(): Promise<void> {
    if (this.#asked !== null) return;
    await this.#ask(
      'The window does not answer.',
      'It may be busy. Loading it again loses what was typed in the last moments; unsaved changes are offered again.',
      ['wait', 'load', 'log', 'quit'],
    );
  }

  /** A page that hung answers: there is nothing to decide. */
  answers(): void {
    if (this.#mayPass) this.#asked?.abort();
  }

  async #ask(message: string, detail: string, answers: readonly PageAnswer[]): Promise<void> {
    this.#asked?.abort();
    const asked = new AbortController();
    [this.#asked, this.#mayPass] = [asked, answers.includes('wait')];
    const question = { message, detail, answers, withdrawn: asked.signal };
    let answer: PageAnswer;
    // The log file is read beside the question, not in its place.
    do {
      answer = await this.parts.ask(question);
      if (answer === 'log' && !asked.signal.aborted) this.parts.showLog();
    } while (answer === 'log' && !asked.signal.aborted);
    if (this.#asked === asked) this.#asked = null;
    if (asked.signal.aborted) return;
    if (answer === 'load') this.parts.load();
    if (answer === 'quit') this.parts.quit();
  }
}
