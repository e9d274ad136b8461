/**
 * Enter after the name of a server that is to be erased: on to the next name that is not typed yet, or to the button that
 * deploys when all are. It never deploys by itself, and stays where a name is wrong.
 */
export function goOn(event: KeyboardEvent): void {
  const field = event.target;
  if (event.key !== 'Enter' || !(field instanceof HTMLInputElement)) return;
  const { erase } = field.dataset;
  const dialog = field.closest('[role="dialog"]');
  if (erase === undefined || dialog === null) return;
  event.preventDefault();
  if (!isTyped(field)) return field.select();
  const fields = [...dialog.querySelectorAll<HTMLInputElement>('input[data-erase]')];
  const next = fields.find((other) => !isTyped(other));
  (next ?? dialog.querySelector<HTMLElement>('[data-testid="deploy"]:not(:disabled)'))?.focus();
}

const isTyped = (field: HTMLInputElement): boolean => field.value.trim() === field.dataset['erase'];
