import { afterDrawing, findFocus, isShown, stopsIn } from './panes';

/** What the focus stays within, when what had it is gone: a part of the window, or a dialog. */
const WITHIN = '[data-pane], [role="dialog"]';
/** How an element stops being a place for the focus while it stays on the page. */
const ATTRIBUTES = ['disabled', 'hidden', 'inert'];

type Focusable = HTMLElement | SVGElement;

const isFocusable = (target: EventTarget | null): target is Focusable =>
  target instanceof HTMLElement || target instanceof SVGElement;

/** Is the focus nowhere? A button that has it and is disabled hears no key. */
const isNowhere = ({ activeElement, body }: Document): boolean =>
  activeElement === null || activeElement === body || activeElement.matches(':disabled');

/**
 * Gives the focus a place beside what had it, whenever that is removed, hidden or disabled: the next control of the same
 * part of the window, or the one before it. A person who clicks beside everything has taken it away on purpose.
 *
 * @returns ends it.
 */
export function watchFocus(page: Document): () => void {
  let now: Focusable | null = null;
  /** Around `now`, from the inside out: what is removed knows no parent. */
  let around: readonly Element[] = [];

  const came = ({ target }: FocusEvent): void => {
    if (!isFocusable(target)) return;
    now = target;
    around = pathOf(target);
  };
  // What a click does to the focus is done after it was heard.
  const clicked = (): void => {
    setTimeout(() => {
      if (now !== null && isShown(now) && isNowhere(page)) now = null;
    });
  };
  const changed = (changes: readonly MutationRecord[]): void => {
    const gone = now;
    if (gone === null) return;
    const beside = placeOf(gone, changes);
    if (beside === null) return;
    const near = [...beside, ...around];
    afterDrawing(() => {
      if (isNowhere(page)) settle(gone, near);
    });
  };

  const observer = new MutationObserver(changed);
  observer.observe(page.body, {
    ...{ subtree: true, childList: true, attributes: true },
    attributeFilter: ATTRIBUTES,
  });
  page.addEventListener('focusin', came);
  page.addEventListener('pointerdown', clicked, { capture: true });
  return () => {
    observer.disconnect();
    page.removeEventListener('focusin', came);
    page.removeEventListener('pointerdown', clicked, { capture: true });
  };
}

function pathOf(element: Element): readonly Element[] {
  const path: Element[] = [];
  for (let part = element.parentElement; part !== null; part = part.parentElement) path.push(part);
  return path;
}

/** What lies beside an element that these changes took away, the nearest first; null: they did not. */
function placeOf(element: Element, changes: readonly MutationRecord[]): readonly Node[] | null {
  for (const { type, target, removedNodes, nextSibling, previousSibling } of changes) {
    if (type === 'attributes' && target.contains(element)) return [element];
    if ([...removedNodes].some((node) => node.contains(element)))
      return [nextSibling, previousSibling, target].filter((node) => node !== null);
  }
  return null;
}

function settle(gone: Focusable, near: readonly Node[]): void {
  // It was moved within the page, or drawn again under the same name.
  const same = isShown(gone) && !gone.matches(':disabled') ? gone : drawnAnew(gone);
  if (same !== null) return same.focus();
  const from = near.find((node) => node.isConnected && elementOf(node)?.closest(WITHIN));
  for (let part = from && elementOf(from); from && part; part = part.parentElement) {
    const stops = stopsIn(part).filter((stop) => stop !== gone);
    const next = stops.find((stop) => isAfter(from, stop)) ?? stops.at(-1);
    if (next !== undefined) return next.focus();
    if (part.matches(WITHIN)) break;
  }
  findFocus();
}

const elementOf = (node: Node): Element | null => (node instanceof Element ? node : node.parentElement);

const drawnAnew = (gone: Focusable): Focusable | null => {
  const { id } = gone.dataset;
  const again = id === undefined ? null : document.querySelector(`[data-id="${CSS.escape(id)}"]`);
  return isFocusable(again) && isShown(again) ? again : null;
};

const isAfter = (from: Node, stop: Element): boolean =>
  (from.compareDocumentPosition(stop) &
    (Node.DOCUMENT_POSITION_FOLLOWING | Node.DOCUMENT_POSITION_CONTAINED_BY)) !==
  0;
