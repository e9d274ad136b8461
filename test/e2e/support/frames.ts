import type { Page } from 'playwright';

/** How far apart the pictures of a page were, milliseconds. */
export interface FrameGaps {
  readonly count: number;
  readonly totalMs: number;
  readonly median: number;
  /** One in a hundred was longer. */
  readonly late: number;
  readonly longest: number;
}

/** Measures from now on how far apart the page's pictures are. */
export async function measureFrames(page: Page): Promise<{ end(): Promise<FrameGaps> }> {
  const measuring = await page.evaluateHandle(() => {
    const told = { at: performance.now(), gaps: [] as number[], over: false };
    const next = (): void => {
      const now = performance.now();
      told.gaps.push(now - told.at);
      told.at = now;
      if (!told.over) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
    return told;
  });
  return {
    end: async () => {
      const gaps = await measuring.evaluate((told) => {
        told.over = true;
        return told.gaps;
      });
      const sorted = gaps.toSorted((a, b) => a - b);
      const share = (part: number): number => sorted[Math.floor(part * (sorted.length - 1))] ?? 0;
      return {
        ...{ count: gaps.length, totalMs: gaps.reduce((sum, gap) => sum + gap, 0) },
        ...{ median: share(0.5), late: share(0.99), longest: share(1) },
      };
    },
  };
}
