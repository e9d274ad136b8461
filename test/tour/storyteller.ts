import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';

/** Tells each step with its time, and takes the pictures. */
export class Storyteller {
  readonly #began = performance.now();
  readonly #folder: string;
  #pictures = 0;

  /** @param folder where pictures go; those of an earlier tour are removed */
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) if (/^\d\d-.*\.png$/.test(name)) rmSync(join(folder, name));
  }

  /**
   * Does one step, within its time.
   *
   * @param what told when it is done
   * @param limitMs milliseconds
   * @throws when it fails or takes longer, naming the step
   */
  async step<T>(what: string, limitMs: number, work: () => Promise<T>): Promise<T> {
    const from = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not done within ${limitMs / 1000} s`)), limitMs);
    });
    try {
      const value = await Promise.race([work(), late]);
      const now = performance.now();
      console.log(`${seconds(now - this.#began)} ${what} (${seconds(now - from).trim()})`);
      return value;
    } catch (cause) {
      throw new Error(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Saves what the window shows as `NN-name.png`. */
  async picture(page: Page, name: string): Promise<void> {
    this.#pictures += 1;
    const file = `${String(this.#pictures).padStart(2, '0')}-${name}.png`;
    await page.screenshot({ path: join(this.#folder, file), animations: 'disabled' });
    console.log(`          picture ${file}`);
  }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1).padStart(6)} s`;
