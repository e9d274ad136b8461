import type { App } from './app.svelte';
import { linkKey } from './selection.svelte';

/** The one way to pair, for drag, key, menu and table: asks whose data wins. An existing link is shown instead. */
export function startPairing(app: App, a: string | null, b: string | null): void {
  if (app.locked) return app.notices.show('warn', 'The fleet is locked.', app.lockedBecause());
  const existing = app.document.fleet?.links.find(
    (link) => (link.supplier === a && link.consumer === b) || (link.supplier === b && link.consumer === a),
  );
  if (!existing) {
    app.dialog = { kind: 'pair', a, b };
    return;
  }
  app.selection.selectLink(linkKey(existing));
  app.notices.show(
    'warn',
    `${existing.supplier} and ${existing.consumer} are linked already.`,
    'The link is selected; change it in the inspector.',
  );
}
