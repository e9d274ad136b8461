import type { Page } from 'playwright';
import { expect } from 'vitest';
import { inTheme, mistakesOf } from './axe';
import { forcedMistakes } from './forced';
import { wordMistakes } from './shown-text';
import { smallMistakes } from './small';
import { states, type Story, type SurfaceName, surfaces } from './surfaces';

const themes = ['light', 'dark'] as const;

/**
 * What a test has looked at, and what is wrong with it for people who read by screen reader or keyboard, in forced colours,
 * or with large letters; and what no text says.
 */
export class Looks {
  readonly #by: Story;
  readonly #found: Record<string, unknown> = {};
  readonly #seen = new Set<SurfaceName>();
  readonly #states = new Set<string>();

  /** @param by the test, as `surfaces` names it */
  constructor(by: Story) {
    this.#by = by;
  }

  /**
   * Looks at what is shown, in both themes, in forced colours and with letters twice as large. Leaves the light theme.
   *
   * @param names what of `surfaces` is on the page; waited for
   * @param state how it is, where it is looked at more than once
   */
  async at(page: Page, names: SurfaceName | readonly SurfaceName[], state = ''): Promise<void> {
    const all = typeof names === 'string' ? [names] : names;
    for (const name of all) {
      await page.locator(surfaces[name].at).first().waitFor();
      this.#seen.add(name);
      this.#states.add(`${name}, ${state}`);
    }
    const note = (how: string, mistakes: readonly unknown[]): void => {
      if (mistakes.length > 0) this.#found[[...all, state, how].filter(Boolean).join(', ')] = mistakes;
    };
    for (const theme of themes.toReversed()) {
      await inTheme(page, theme);
      note(theme, await mistakesOf(page, theme === 'light' ? 'all' : 'colours'));
    }
    note('words', await wordMistakes(page));
    note('forced colours', await forcedMistakes(page));
    note(
      'large letters',
      await smallMistakes(
        page,
        all.map((name) => surfaces[name].at),
      ),
    );
  }

  /** Looks at the colours of what is shown where the system asks for more contrast, in both themes. */
  async withContrast(page: Page, state: string): Promise<void> {
    await page.emulateMedia({ contrast: 'more' });
    for (const theme of themes.toReversed()) {
      await inTheme(page, theme);
      const mistakes = await mistakesOf(page, 'contrast');
      if (mistakes.length > 0) this.#found[`${state}, more contrast, ${theme}`] = mistakes;
    }
    await page.emulateMedia({ contrast: 'no-preference' });
  }

  /** Nothing that was looked at has a mistake, and nothing that is this test's was left out. */
  end(): void {
    expect(this.#found).toEqual({});
    const missing = Object.entries(surfaces).filter(
      ([name, { by }]) => by === this.#by && ![...this.#seen].some((seen) => seen === name),
    );
    expect(missing).toEqual([]);
    const unseen = states.filter(
      ({ by, of, state }) => by === this.#by && !this.#states.has(`${of}, ${state}`),
    );
    expect(unseen).toEqual([]);
  }
}
