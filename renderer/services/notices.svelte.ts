import { describeFault, describePlace, type Fault } from '../../shared/base/result';

export interface Notice {
  readonly id: number;
  readonly tone: 'good' | 'warn' | 'bad';
  readonly title: string;
  readonly text: string;
  /** What "Copy details" copies; null: there is nothing more to say. */
  readonly details: string | null;
  /** Is it still so? Absent: it tells what happened, and stays so. */
  readonly holds?: () => boolean;
}

/** What the live region keeps: a page that is read through from top to bottom must not hold a whole day. */
const MOST_SAID = 4;

/** What tells of something that happened makes room for newer ones; what is still so stays. */
const MOST_TOLD = 4;

function withoutOldest(shown: readonly Notice[]): readonly Notice[] {
  const told = shown.filter(({ holds }) => holds === undefined);
  const gone = told.slice(0, Math.max(0, told.length - MOST_TOLD));
  return shown.filter((notice) => !gone.includes(notice));
}

/** Short messages at the edge of the window, and what a screen reader is told. */
export class Notices {
  shown = $state.raw<readonly Notice[]>([]);
  /** What the live region spoke last, newest last: two things said in one moment are both heard. */
  said = $state.raw<readonly { readonly id: number; readonly text: string }[]>([]);
  #last = 0;

  /** Says it to everyone; good news goes by itself after a while, the rest stays until it is closed. */
  show(
    tone: Notice['tone'],
    title: string,
    text = '',
    { details = null, holds }: Partial<Pick<Notice, 'details' | 'holds'>> = {},
  ): void {
    const notice = { id: (this.#last += 1), tone, title, text, details, ...(holds ? { holds } : {}) };
    this.shown = withoutOldest([
      ...this.shown.filter((other) => other.title !== title || other.text !== text),
      notice,
    ]);
    this.say(text ? `${title} ${text}` : title);
    if (tone === 'good') setTimeout(() => this.close(notice.id), 5000);
  }

  /** What is not so any more leaves. Reads what its conditions read. */
  prune(): void {
    const left = this.shown.filter((notice) => notice.holds?.() ?? true);
    if (left.length < this.shown.length) this.shown = left;
  }

  /** A fault in its own words; `holds`: while it is still so. */
  fault(fault: Fault, holds?: () => boolean): void {
    if (fault.code === 'cancelled') return;
    const place = describePlace(fault.where);
    this.show('bad', place ? `${place}: ${fault.message}` : fault.message, fault.fix, {
      details: describeFault(fault),
      ...(holds ? { holds } : {}),
    });
  }

  /** To the screen reader alone. */
  say(text: string): void {
    if (text !== '') this.said = [...this.said, { id: (this.#last += 1), text }].slice(-MOST_SAID);
  }

  close(id: number): void {
    this.shown = this.shown.filter((notice) => notice.id !== id);
  }
}
