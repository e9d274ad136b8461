import { createContext } from 'svelte';

/** A dialog that may hold what a person typed. */
export interface OpenForm {
  /** Something was typed or chosen in it that is nowhere else. */
  dirty(): boolean;
  /** Asks whether to throw that away; closes it and goes on when the person agrees. */
  ask(goOn: () => void): void;
}

/** The forms that are open. Whoever would throw one away goes through here. */
export class OpenForms {
  #open: readonly OpenForm[] = [];

  get dirty(): boolean {
    return this.#open.some((form) => form.dirty());
  }

  /** @returns what ends it */
  add(form: OpenForm): () => void {
    this.#open = [...this.#open, form];
    return () => (this.#open = this.#open.filter((other) => other !== form));
  }

  /** They are closed, though the page may not be drawn anew yet: what was typed is used, or not wanted. */
  closed(): void {
    this.#open = [];
  }

  /** Goes on at once, or once a person has agreed to lose what they typed. */
  leave(goOn: () => void): void {
    const form = this.#open.findLast((one) => one.dirty());
    if (form === undefined) goOn();
    else form.ask(goOn);
  }
}

export const [getForms, setForms] = createContext<OpenForms>();
