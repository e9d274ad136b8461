import type { Page } from 'playwright';
import { roomMistakes } from './room';

/** What a window of 1280 × 800 shows with letters of twice their size. */
const SMALL = { width: 640, height: 400, deviceScaleFactor: 2, mobile: false };
/** Parts fold by themselves, which takes a few frames. */
const PATIENCE_MS = 3000;

/** What a person could not reach of what is shown, in such a window. Leaves the window as it was. */
export async function smallMistakes(page: Page): Promise<readonly string[]> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Emulation.setDeviceMetricsOverride', SMALL);
  await page.waitForFunction((width) => innerWidth === width, SMALL.width);
  const until = performance.now() + PATIENCE_MS;
  let mistakes = await roomMistakes(page);
  while (mistakes.length > 0 && performance.now() < until) {
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    mistakes = await roomMistakes(page);
  }
  await cdp.send('Emulation.clearDeviceMetricsOverride');
  await page.waitForFunction((width) => innerWidth !== width, SMALL.width);
  await cdp.detach();
  return mistakes;
}
