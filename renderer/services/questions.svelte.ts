import type { AskedQuestion } from '../bridge/ipc-client';

/** What the engine asks the person, one at a time, in the order it asked. */
export class Questions {
  waiting = $state.raw<readonly AskedQuestion[]>([]);
  current = $derived(this.waiting[0] ?? null);

  add(question: AskedQuestion): void {
    this.waiting = [...this.waiting, question];
  }

  /** The engine needs no answer any more, or it was given. */
  remove(id: string): void {
    this.waiting = this.waiting.filter((question) => question.id !== id);
  }
}
