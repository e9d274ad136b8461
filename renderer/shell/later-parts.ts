import { Later } from '../services/later.svelte';

/** What the start screen does without: a start loads it after the first paint, or when it is needed. */
export const laterParts = {
  opened: new Later('The part of the window that shows a fleet', () => import('./Opened.svelte')),
  dialogs: new Later('The part of the window that asks', () => import('./Dialogs.svelte')),
};

/** Loads them one after the other, once the page has painted. What fails is said when it is needed, and tried again then. */
export function loadLaterParts(): void {
  const load = async (): Promise<void> => {
    for (const part of Object.values(laterParts)) await part.load().catch(() => undefined);
  };
  // Before the picture is on the screen they would take the processor from it.
  const paint = new PerformanceObserver((seen) => {
    if (seen.getEntriesByName('first-contentful-paint').length === 0) return;
    paint.disconnect();
    void load();
  });
  paint.observe({ type: 'paint', buffered: true });
}
