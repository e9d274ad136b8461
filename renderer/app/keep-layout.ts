import type { Layout } from '../../shared/ipc/layout';
import type { App } from './app.svelte';

/** Arranges the window as it was left. */
export function takeLayout(app: App, kept: Layout): void {
  app.showTab(kept.tab);
  app.panels.take(kept);
  app.stage = kept.stage;
  app.log.setFilter({ ...app.log.filter, level: kept.logLevel });
}

/** How the window is arranged now. */
export const layoutOf = ({ panels, tab, stage, log }: App): Layout => ({
  ...panels.sizes,
  folded: [...panels.folded],
  foldedSmall: [...panels.foldedSmall],
  tab,
  stage,
  logLevel: log.filter.level,
});
