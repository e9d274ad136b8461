import type { Page } from 'playwright';
import { roomMistakes } from './room';

/** What a window of 1280 × 800 shows with letters of twice their size. */
const SMALL = { width: 640, height: 400, deviceScaleFactor: 2, mobile: false };
/** Parts fold by themselves, which takes a few frames. */
const PATIENCE_MS = 3000;

/** Parts around the canvas, by what folds each. */
const FOLDED = '[data-testid^="fold-"][aria-expanded="false"]';

/**
 * What a person could not reach of what is shown, in such a window. Leaves the window as it was.
 *
 * @param wanted what is looked at, by selectors: a part that is folded for want of room, and one of these is in it, is unfolded
 */
export async function smallMistakes(page: Page, wanted: readonly string[] = []): Promise<readonly string[]> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Emulation.setDeviceMetricsOverride', SMALL);
  await page.waitForFunction((width) => innerWidth === width, SMALL.width);
  const mistakes = [...(await settled(page))];
  const isSeen = async (): Promise<boolean> => {
    for (const at of wanted) if (!(await page.locator(at).first().isVisible())) return false;
    return true;
  };
  for (const part of await page
    .locator(FOLDED)
    .evaluateAll((all) => all.map((it) => it.getAttribute('data-testid') ?? ''))) {
    if (part === '' || (await isSeen())) continue;
    const fold = page.getByTestId(part);
    // One part at a time: two of them may have no room beside the canvas.
    await fold.dispatchEvent('click');
    await page.locator(`[data-testid="${part}"][aria-expanded="true"]`).waitFor();
    mistakes.push(...(await settled(page)).map((mistake) => `${part}, unfolded: ${mistake}`));
    await fold.dispatchEvent('click');
  }
  await cdp.send('Emulation.clearDeviceMetricsOverride');
  await page.waitForFunction((width) => innerWidth !== width, SMALL.width);
  await cdp.detach();
  return mistakes;
}

/** What is still wrong once nothing moves any more. */
async function settled(page: Page): Promise<readonly string[]> {
  const until = performance.now() + PATIENCE_MS;
  let mistakes = await roomMistakes(page);
  while (mistakes.length > 0 && performance.now() < until) {
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    mistakes = await roomMistakes(page);
  }
  return mistakes;
}
