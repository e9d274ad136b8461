import type { Page } from 'playwright';

/**
 * What a person could not reach in a window of this size: a page that is larger than the window, a part that must be
 * moved sideways to be read, and controls that are out of the window or under something else. What lies behind the edge of
 * a part that scrolls up and down is reached, and so is what is on the canvas, which moves. Also a separator that a line
 * ends with, and sentences that are glued to each other.
 */
export const roomMistakes = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    const named = (one: Element): string =>
      `${one.tagName} ${one.getAttribute('class') ?? ''} “${(one.getAttribute('aria-label') ?? one.textContent).trim().slice(0, 40)}”`;
    const shown = (one: Element): boolean =>
      one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length > 0;
    const scrolls = (one: Element): boolean => /auto|scroll/.test(getComputedStyle(one).overflowY);
    /** What moves the edge of a part lies over so many pixels of it. */
    const EDGE = 6;
    const top = [...document.querySelectorAll('[role="dialog"], .screen[role]')].at(-1) ?? document.body;

    const mistakes: string[] = [];
    const over = Math.max(scrollWidth - innerWidth, scrollHeight - innerHeight);
    if (over > 0) mistakes.push(`the page is ${over} px larger than the window`);
    // A line of a file is as long as it is.
    for (const part of top.querySelectorAll('*'))
      if (
        shown(part) &&
        /auto|scroll/.test(getComputedStyle(part).overflowX) &&
        part.scrollWidth > part.clientWidth + 1 &&
        !part.matches('pre, .diff, textarea')
      )
        mistakes.push(`${named(part)} must be moved sideways: ${part.scrollWidth} in ${part.clientWidth} px`);

    // A part starts at its upper edge: what is laid out above that is never reached.
    for (const part of top.querySelectorAll('*')) {
      if (!shown(part) || !scrolls(part) || part.closest('.svelte-flow') !== null) continue;
      const upper = part.getBoundingClientRect().top - part.scrollTop;
      for (const one of part.querySelectorAll('*'))
        if (shown(one) && one.closest('.only-spoken') === null && one.getBoundingClientRect().top < upper - 1)
          mistakes.push(`${named(one)} is above what ${named(part)} can be moved to`);
    }

    // A separator belongs to the words that it separates: at the end of a line it separates them from nothing.
    const words = document.createTreeWalker(top, NodeFilter.SHOW_TEXT);
    const lineOf = (node: Node, from: number): DOMRect | undefined => {
      const range = document.createRange();
      range.setStart(node, from);
      range.setEnd(node, from + 1);
      return range.getClientRects()[0];
    };
    for (let node = words.nextNode(); node !== null; node = words.nextNode()) {
      const text = node.nodeValue ?? '';
      // A sentence that has ended does not go on, a name may follow a semicolon, and what a program printed is not ours.
      if (
        /[.!?][;,:]|; (?!Kanidm)\p{Lu}\p{Ll}/u.test(text) &&
        !node.parentElement?.closest('pre, code, .mono, textarea, .meaning')
      )
        mistakes.push(`“${text.trim()}” is glued together`);
      if (!text.includes('·') || node.parentElement === null || !shown(node.parentElement)) continue;
      if (/·\s*$/.test(text) && node.nextSibling === null && node.parentElement.nextSibling === null)
        mistakes.push(`“${text.trim()}” ends with its separator`);
      for (const { index } of text.matchAll(/·(?=\s+\S)/g)) {
        const next = index + 1 + (/\S/.exec(text.slice(index + 1))?.index ?? 0);
        const [here, there] = [lineOf(node, index), lineOf(node, next)];
        if (here !== undefined && there !== undefined && there.top > here.bottom - 2)
          mistakes.push(`“${text.trim()}” has a separator at the end of a line`);
      }
    }

    for (const one of top.querySelectorAll('button, input, select, textarea, a[href], summary')) {
      if (!shown(one) || one.closest('.svelte-flow__viewport') !== null) continue;
      const box = one.getBoundingClientRect();
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      let behind = false;
      for (let part = one.parentElement; part !== null && part !== top; part = part.parentElement) {
        const edge = part.getBoundingClientRect();
        behind ||= scrolls(part) && (y < edge.top + EDGE || y > edge.bottom - EDGE);
      }
      // Buttons that are cut by the edge are not read, though their middle is hit.
      if (box.left < -1 || box.right > innerWidth + 1)
        mistakes.push(`${named(one)} is cut by the edge of the window`);
      const hit = document.elementFromPoint(x, y);
      if (behind || (hit !== null && (one.contains(hit) || hit.contains(one)))) continue;
      mistakes.push(`${named(one)} is under ${hit === null ? 'the edge of the window' : named(hit)}`);
    }
    return mistakes;
  });
