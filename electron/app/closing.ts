export interface ClosingParts {
  /** Whether the app goes on without its window. */
  readonly background: () => boolean;
  readonly deploying: () => boolean;
  readonly show: () => void;
  readonly hide: () => void;
  /** Asks whether to leave while a deploy runs. */
  readonly leaveAnyway: () => boolean;
}

/** What becomes of a window that is told to close: closing hides it where the app goes on, and quitting ends it. */
export class Closing {
  private quitting = false;
  /** A quit waits for the page's answer. */
  private waiting = false;

  constructor(private readonly parts: ClosingParts) {}

  /** The app is told to end. */
  quits(): void {
    this.quitting = true;
  }

  /**
   * The page keeps itself open: what was typed is not saved. It asks in a window that may be hidden. A quit that was begun
   * waits for the answer, and ends with the question where that is closed: who cancels goes on.
   */
  pageAsks(): void {
    if (this.quitting) this.parts.show();
    [this.waiting, this.quitting] = [this.quitting, false];
  }

  /** The answer is to leave: the page closes itself next. */
  pageLeaves(): void {
    [this.waiting, this.quitting] = [false, this.quitting || this.waiting];
  }

  /** @returns `keep`: it stays; `destroy`: at once, without asking the page; `close`: as the page says. */
  asked(): 'keep' | 'destroy' | 'close' {
    const { background, deploying, show, hide, leaveAnyway } = this.parts;
    if (background() && !this.quitting) {
      hide();
      return 'keep';
    }
    if (!deploying()) return 'close';
    show();
    if (leaveAnyway()) return 'destroy';
    this.quitting = false;
    return 'keep';
  }
}
