/** What a person typed or chose in a form, told by its fields: each against what it held before it was touched. */
export class Typed {
  readonly #before = new Map<HTMLElement, string>();

  /** A field is about to be used, or was: call it for the events of the form. */
  note(event: Event): void {
    const field = event.target;
    if (!isField(field) || this.#before.has(field)) return;
    // A click on a label changes its box before anything else is heard.
    if (event.type === 'change' && isBox(field)) this.#before.set(field, String(!field.checked));
    else if (event.type !== 'change') this.#before.set(field, valueOf(field));
  }

  /**
   * Something is about to be pressed, which may fill any field that is shown.
   * @param boxes false once a click is heard: a box has changed before that
   */
  noteAll(form: ParentNode, boxes = true): void {
    for (const field of form.querySelectorAll('input, textarea, select'))
      if (isField(field) && !this.#before.has(field) && (boxes || !isBox(field)))
        this.#before.set(field, valueOf(field));
  }

  /** Does a field hold something else than before? Also one that is not shown any more. */
  get dirty(): boolean {
    return [...this.#before].some(([field, before]) => isField(field) && valueOf(field) !== before);
  }
}

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const isField = (target: unknown): target is Field =>
  target instanceof HTMLInputElement ||
  target instanceof HTMLTextAreaElement ||
  target instanceof HTMLSelectElement;
const isBox = (field: Field): field is HTMLInputElement =>
  field instanceof HTMLInputElement && (field.type === 'checkbox' || field.type === 'radio');
const valueOf = (field: Field): string => (isBox(field) ? String(field.checked) : field.value);
