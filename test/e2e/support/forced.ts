import type { Page } from 'playwright';
import { untilStill } from './axe';

/**
 * What cannot be told in forced colours, as a person who chose few colours for everything has them: text that is of the
 * colour of its ground, a control that cannot be used and looks as if it could, what is selected and looks like the rest,
 * a focus that is not shown, and a state that nothing but a colour tells. Leaves the colours as they were.
 */
export async function forcedMistakes(page: Page): Promise<readonly string[]> {
  await page.emulateMedia({ forcedColors: 'active' });
  await untilStill(page);
  const mistakes = await page.evaluate(() => {
    const top = [...document.querySelectorAll('[role="dialog"], .screen[role]')].at(-1) ?? document.body;
    const colours = document.createElement('span');
    document.body.append(colours);
    const colourOf = (name: string): string => {
      colours.style.color = name;
      return getComputedStyle(colours).color;
    };
    const [canvas, off, mark] = [colourOf('Canvas'), colourOf('GrayText'), colourOf('Highlight')];
    colours.remove();
    const named = (one: Element): string =>
      `${one.tagName} ${one.getAttribute('class') ?? ''} “${(one.getAttribute('aria-label') ?? one.textContent).trim().slice(0, 40)}”`;
    const shown = (one: Element): boolean =>
      one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
      one.getClientRects().length > 0;
    /** Text has a ground of the page's colour to itself, unless a part keeps its own colours. */
    const groundOf = (one: Element): string => {
      if (getComputedStyle(one).getPropertyValue('forced-color-adjust') !== 'none') return canvas;
      for (let part: Element | null = one; part !== null; part = part.parentElement) {
        const { backgroundColor } = getComputedStyle(part);
        if (!/rgba\(.*, 0\)/.test(backgroundColor)) return backgroundColor;
      }
      return canvas;
    };
    const found: string[] = [];
    for (const one of top.querySelectorAll('*')) {
      if (!shown(one)) continue;
      const hasText = [...one.childNodes].some((it) => it.nodeType === 3 && it.nodeValue?.trim());
      if (hasText && getComputedStyle(one).color === groundOf(one)) found.push(`${named(one)} is not read`);
      if (one.matches(':disabled, [aria-disabled="true"]') && getComputedStyle(one).color !== off)
        found.push(`${named(one)} looks as if it could be used`);
      if (one.matches('[aria-selected="true"], [aria-pressed="true"], tr.selected, .choice.chosen')) {
        const { outlineStyle, outlineColor, borderBottomColor, backgroundColor } = getComputedStyle(one);
        const outlined = outlineStyle !== 'none' && outlineColor === mark;
        if (
          !outlined &&
          borderBottomColor !== mark &&
          backgroundColor !== mark &&
          !one.matches('[data-testid="follow"]')
        )
          found.push(`${named(one)} does not look selected`);
      }
      if (
        one.matches('[data-tone], [data-pull-health], .pill, [data-step-state]') &&
        one.querySelector('svg') === null
      )
        found.push(`${named(one)} tells its state by a colour alone`);
    }
    const focused = document.activeElement;
    if (
      focused?.matches(':focus-visible') &&
      focused !== document.body &&
      !focused.matches('[role="dialog"]')
    ) {
      const { outlineStyle, outlineColor } = getComputedStyle(focused);
      const label = focused.closest('label');
      const around = label === null ? null : getComputedStyle(label);
      const isMarked = (style: string, colour: string): boolean => style !== 'none' && colour === mark;
      if (
        !isMarked(outlineStyle, outlineColor) &&
        !(around && isMarked(around.outlineStyle, around.outlineColor))
      )
        found.push(`${named(focused)} has the focus and does not show it`);
    }
    return found;
  });
  await page.emulateMedia({ forcedColors: 'none' });
  return mistakes;
}
