/** A page that is not shown paints nothing, and must not keep from work what waits for it. Milliseconds. */
const PAINT_LIMIT_MS = 1_000;

/** Settled once the page's first picture is on the screen: it has the processors to itself until then. */
export function firstPaint(): Promise<void> {
  return new Promise((resolve) => {
    const limit = setTimeout(resolve, PAINT_LIMIT_MS);
    const paint = new PerformanceObserver((seen) => {
      if (seen.getEntriesByName('first-contentful-paint').length === 0) return;
      paint.disconnect();
      clearTimeout(limit);
      resolve();
    });
    paint.observe({ type: 'paint', buffered: true });
  });
}
