import type { Locator, Page } from 'playwright';
import { until } from '../support/until';

/** The middle of the window: servers and the links between them. */
export class Canvas {
  readonly #page: Page;
  readonly root: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.root = page.getByTestId('canvas');
  }

  server(id: string): Locator {
    return this.root.locator(`[data-server="${id}"]`);
  }

  /** The pill on a link, `data-link="supplier→consumer"`. */
  link(supplier: string, consumer: string): Locator {
    return this.root.locator(`[data-link="${supplier}→${consumer}"]`);
  }

  /** Drags from a server's handle onto another server, by mouse, and lets go over its middle. */
  async drag(from: string, to: string): Promise<void> {
    const start = await middleOf(this.server(from).locator('.svelte-flow__handle.drag'));
    const end = await middleOf(this.server(to));
    const { mouse } = this.#page;
    await mouse.move(start.x, start.y);
    await mouse.down();
    await mouse.move(end.x, end.y, { steps: 12 });
    await mouse.up();
  }

  /** The health a link's pill shows: of the worst of its pulls. */
  async health(supplier: string, consumer: string): Promise<string | null> {
    return this.link(supplier, consumer).getAttribute('data-pull-health');
  }

  /** Waits until a link shows this health. */
  async untilHealth(supplier: string, consumer: string, health: string, limitMs: number): Promise<void> {
    let seen: string | null = null;
    try {
      await until(
        `the link ${supplier}→${consumer} is ${health}`,
        async () => (seen = await this.health(supplier, consumer)) === health,
        limitMs,
      );
    } catch (cause) {
      const words = await this.link(supplier, consumer).textContent();
      throw new Error(`the link shows ${seen ?? 'nothing'}, “${words?.trim() ?? ''}”, not ${health}`, {
        cause,
      });
    }
  }
}

async function middleOf(locator: Locator): Promise<{ x: number; y: number }> {
  await locator.waitFor();
  const box = await locator.boundingBox();
  if (box === null) throw new Error('it is not on the screen');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
