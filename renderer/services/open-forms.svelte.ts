import { createContext } from 'svelte';
import type { TypedForm } from '../../shared/ipc';

/** A dialog that may hold what a person typed. */
export interface OpenForm {
  /** Something was typed or chosen in it that is nowhere else. */
  dirty(): boolean;
  /** Asks whether to throw that away; closes it and goes on when the person agrees. */
  ask(goOn: () => void): void;
  /** Puts what was typed into the fleet, as its own button does; false: it could not, or what is typed belongs to no file. */
  keep(): Promise<boolean>;
}

/** The forms that are open. What would throw one away goes through here. */
export class OpenForms {
  #open: readonly OpenForm[] = [];
  /** What is typed in the form that is open and is in the fleet nowhere; null: nothing. */
  typed = $state.raw<TypedForm | null>(null);

  get dirty(): boolean {
    return this.#open.some((form) => form.dirty());
  }

  /** @returns what ends it */
  add(form: OpenForm): () => void {
    this.#open = [...this.#open, form];
    return () => (this.#open = this.#open.filter((other) => other !== form));
  }

  /** They are closed, though the page may not be drawn again yet: what was typed is used, or not wanted. */
  closed(): void {
    this.#open = [];
    this.typed = null;
  }

  /** Has what was typed become a part of the fleet, as the form's own button does. @returns whether nothing is left out */
  async keep(): Promise<boolean> {
    const form = this.#open.findLast((one) => one.dirty());
    return form === undefined || (await form.keep());
  }

  /** Goes on at once, or once a person has agreed to lose what they typed. */
  leave(goOn: () => void): void {
    const form = this.#open.findLast((one) => one.dirty());
    if (form === undefined) goOn();
    else form.ask(goOn);
  }
}

export const [getForms, setForms] = createContext<OpenForms>();
