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

  /**
   * Drags a server by its body, by mouse, until the pointer is over the middle of another one, or beside it.
   * @param beside pixels right of that middle and below it
   */
  async carry(from: string, to: string, beside = { x: 0, y: 0 }): Promise<void> {
    const start = await middleOf(this.server(from));
    const end = await middleOf(this.server(to));
    const { mouse } = this.#page;
    await mouse.move(start.x, start.y);
    await mouse.down();
    await mouse.move(end.x + beside.x, end.y + beside.y, { steps: 12 });
  }

  async drop(): Promise<void> {
    await this.#page.mouse.up();
  }

  /** What stands beside the pointer while something is dragged. */
  get ghost(): Locator {
    return this.root.getByTestId('drag-ghost');
  }

  /** Where a server is on the screen. */
  async box(id: string): Promise<{ x: number; y: number; width: number; height: number }> {
    const box = await this.server(id).boundingBox();
    if (box === null) throw new Error(`${id} is not on the screen`);
    return box;
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
