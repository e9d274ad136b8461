import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Shows the page in a theme, as a person's choice would. */
export const inTheme = (page: Page, theme: 'light' | 'dark'): Promise<string> =>
  page.evaluate((name) => (document.documentElement.dataset['theme'] = name), theme);

/** Rules of axe-core alone: what depends on the theme; and what WCAG 2.2 AAA wants of contrast. */
const ALONE = {
  colours: ['color-contrast', 'link-in-text-block'],
  contrast: ['color-contrast-enhanced'],
};

/**
 * Waits until no animation runs. Half-way through one colours are mixed, and contrast is wrong for a moment. What turns for
 * ever is not waited for. `finished` is no way to wait: it is never settled where the theme changes during a transition.
 */
export async function untilStill(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document.getAnimations().every(({ effect }) => effect?.getComputedTiming().endTime === Infinity),
  );
}

/**
 * Where the page is not as WCAG 2.2 AA wants it, by axe-core, with the elements concerned.
 * @param what `colours`: only what another theme can change; `contrast`: what is wanted where more contrast is asked for
 */
export async function mistakesOf(
  page: Page,
  what: 'all' | keyof typeof ALONE = 'all',
): Promise<readonly unknown[]> {
  await untilStill(page);
  await page.evaluate(AXE);
  return page.evaluate(
    async (rules) => {
      const axe = Reflect.get(globalThis, 'axe');
      const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
      const { violations } = await axe.run(document, {
        resultTypes: ['violations'],
        // Chromium puts what scrolls and holds no control among the stops of Tab by itself, which axe-core does not know.
        // Measured in Electron 33: Tab and focus() reach it.
        rules: { 'scrollable-region-focusable': { enabled: false } },
        runOnly: rules ? { type: 'rule', values: rules } : { type: 'tag', values: wcag },
      });
      return violations.map(
        ({ id, nodes }: { id: string; nodes: { target: unknown; failureSummary: string }[] }) => ({
          id,
          where: nodes.map(({ target, failureSummary }) => `${String(target)}: ${failureSummary}`),
        }),
      );
    },
    what === 'all' ? null : ALONE[what],
  );
}
