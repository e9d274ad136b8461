import type { Page } from 'playwright';
import { until } from './until';

/** What has the focus, and whether a person can see that it has. */
export interface Focus {
  readonly words: string;
  readonly visible: boolean;
}

/**
 * Looks at what has the focus: a line or a shadow around it, or around the label it belongs to, of which the upper or lower
 * side and the left or right one are in sight.
 */
export const focusNow = (page: Page): Promise<Focus> =>
  page.evaluate(() => {
    const element = document.activeElement ?? document.body;
    const around = [element, ...(element.closest('label') ? [element.closest('label')] : [])];
    /** Whether a line this far around an element is not cut off on more than one side of two. */
    const inSight = (one: Element, by: number): boolean => {
      const box = one.getBoundingClientRect();
      const line = { top: box.top - by, right: box.right + by, bottom: box.bottom + by, left: box.left - by };
      const frames = [{ top: 0, right: innerWidth, bottom: innerHeight, left: 0 }];
      for (let part = one.parentElement; part !== null; part = part.parentElement)
        if (getComputedStyle(part).overflow !== 'visible') frames.push(part.getBoundingClientRect());
      const within = (at: number, from: number, to: number): boolean => at >= from - 1 && at <= to + 1;
      return frames.every(
        (frame) =>
          (within(line.top, frame.top, frame.bottom) || within(line.bottom, frame.top, frame.bottom)) &&
          (within(line.left, frame.left, frame.right) || within(line.right, frame.left, frame.right)),
      );
    };
    const visible = around.some((one) => {
      if (!one) return false;
      const { outlineStyle, outlineWidth, outlineOffset, boxShadow } = getComputedStyle(one);
      const width = outlineStyle === 'none' ? 0 : parseFloat(outlineWidth);
      if (width > 0) return inSight(one, width + parseFloat(outlineOffset));
      return /inset|0px 0px 0px/.test(boxShadow) && inSight(one, 0);
    });
    const data = element instanceof HTMLElement ? JSON.stringify(element.dataset) : '';
    const name = element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 40);
    return { words: `${element.tagName} ${element.getAttribute('class') ?? ''} ${data} “${name}”`, visible };
  });

/** Waits until a person sees what has the focus: a dialog that has just opened takes a moment. */
export const untilSeen = (page: Page): Promise<boolean> =>
  until('what has the focus is seen to have it', async () => (await focusNow(page)).visible, 5000).catch(
    async (cause: unknown) => {
      throw new Error(`the focus cannot be seen on ${(await focusNow(page)).words}`, { cause });
    },
  );

/** Presses a key, as a person who then looks where they are. */
export async function press(page: Page, key: string): Promise<void> {
  await page.keyboard.press(key);
  await untilSeen(page);
}

/** Whether an element that matches has the focus. */
export const isFocused = (page: Page, selector: string): Promise<boolean> =>
  page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector);

/** Waits until an element that matches has the focus. */
export const untilFocused = (page: Page, selector: string): Promise<boolean> =>
  until(`${selector} has the focus`, () => isFocused(page, selector), 20_000);

/**
 * Goes on with Tab until an element that matches has the focus; what has it on the way must be seen to have it.
 *
 * @throws when it does not come, or the focus cannot be seen, with the way so far
 */
export async function tabTo(page: Page, selector: string, key = 'Tab'): Promise<void> {
  const way: string[] = [];
  for (let presses = 0; presses < 80; presses += 1) {
    if (await isFocused(page, selector)) return;
    await press(page, key).catch((cause: unknown) => {
      throw new Error(`after ${way.join('\n')}`, { cause });
    });
    way.push((await focusNow(page)).words);
  }
  throw new Error(`${selector} never has the focus:\n${way.join('\n')}`);
}
