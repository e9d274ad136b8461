import { describeFault, describePlace, type Fault } from '../../shared/result';

export interface Notice {
  readonly id: number;
  readonly tone: 'good' | 'warn' | 'bad';
  readonly title: string;
  readonly text: string;
  /** What "Copy details" copies; null: there is nothing more to say. */
  readonly details: string | null;
}

/** Short messages at the edge of the window, and what a screen reader is told. */
export class Notices {
  shown = $state.raw<readonly Notice[]>([]);
  /** Spoken by the live region. */
  spoken = $state('');
  #last = 0;

  /** Says it to everyone; good news goes by itself after a while, the rest stays until it is closed. */
  show(tone: Notice['tone'], title: string, text = '', details: string | null = null): void {
    const notice = { id: (this.#last += 1), tone, title, text, details };
    this.shown = [
      ...this.shown.filter((other) => other.title !== title || other.text !== text),
      notice,
    ].slice(-4);
    this.say(text ? `${title} ${text}` : title);
    if (tone === 'good') setTimeout(() => this.close(notice.id), 5000);
  }

  /** A fault in its own words. */
  fault(fault: Fault): void {
    if (fault.code === 'cancelled') return;
    const place = describePlace(fault.where);
    this.show('bad', place ? `${place}: ${fault.message}` : fault.message, fault.fix, describeFault(fault));
  }

  /** To the screen reader alone. */
  say(text: string): void {
    this.spoken = text;
  }

  close(id: number): void {
    this.shown = this.shown.filter((notice) => notice.id !== id);
  }
}
