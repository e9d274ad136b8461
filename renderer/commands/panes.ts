/** The parts of the window that F6 goes through, in the order of the page; each is marked `data-pane`. */
const panes = (): readonly HTMLElement[] =>
  [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter((pane) => firstIn(pane) !== null);

/** Where the focus was in each part. */
const lastIn = new WeakMap<HTMLElement, HTMLElement>();
let last: HTMLElement | null = null;

const FOCUSABLE =
  'button:not(:disabled), a[href], input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex="0"]';
/** What a person comes to a part for: its servers, its tab, its chosen view. */
const FIRST = '[data-server-row], .svelte-flow__node, [role="tab"][aria-selected="true"], [data-pane-first]';

/** Is it on the page, in sight of somebody? */
export const isShown = (element: Element): boolean =>
  element.isConnected && element.getClientRects().length > 0 && element.closest('[inert]') === null;

/** Where Tab stops within a part, in the order of the page. */
export const stopsIn = (part: Element): readonly HTMLElement[] =>
  [...part.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((stop) => stop.tabIndex >= 0 && isShown(stop));

function firstIn(pane: HTMLElement): HTMLElement | null {
  const before = lastIn.get(pane);
  if (before !== undefined && isShown(before)) return before;
  const of = (selector: string): HTMLElement | undefined =>
    [...pane.querySelectorAll<HTMLElement>(selector)].find(isShown);
  return of(FIRST) ?? stopsIn(pane)[0] ?? null;
}

/** Puts the focus into the next part of the window, or the one before it: where it was there last. */
export function goToPane(step: 1 | -1): void {
  const all = panes();
  const now = all.findIndex((pane) => pane.contains(document.activeElement));
  const next = now < 0 ? (step > 0 ? 0 : all.length - 1) : (now + step + all.length) % all.length;
  const pane = all[next];
  if (pane !== undefined) firstIn(pane)?.focus();
}

/**
 * Remembers where the focus is, outside of dialogs.
 * @returns ends it.
 */
export function keepFocus(page: Document): () => void {
  const keep = ({ target }: FocusEvent): void => {
    if (!(target instanceof HTMLElement || target instanceof SVGElement)) return;
    if (target.closest('[role="dialog"]') !== null) return;
    const pane = target.closest<HTMLElement>('[data-pane]');
    if (pane === null || !(target instanceof HTMLElement)) return;
    lastIn.set(pane, target);
    last = target;
  };
  page.addEventListener('focusin', keep);
  return () => page.removeEventListener('focusin', keep);
}

/** Once the page is as it will be: a dialog that closes has given the focus back by then. */
export function afterDrawing(work: () => void): void {
  requestAnimationFrame(() => setTimeout(work));
}

/**
 * Gives the focus a place when it has none, once the page is as it will be: where it last was, else the first server of
 * the list. After a fleet was opened, or a dialog closed over something that is gone.
 */
export function findFocus(): void {
  afterDrawing(() => {
    const { activeElement } = document;
    if (activeElement !== null && activeElement !== document.body) return;
    if (document.querySelector('[role="dialog"]') !== null) return;
    if (last !== null && isShown(last)) last.focus();
    else {
      const [first] = panes().filter((pane) => pane.dataset['pane'] === 'fleet');
      (first === undefined ? undefined : firstIn(first))?.focus();
    }
  });
}
