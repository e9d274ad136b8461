import type { Fleet, Link } from '../../shared/fleet/model/fleet';
import { linkKey } from '../document/selection.svelte';
import type { App } from './app.svelte';

/** The link that joins two servers, whichever of them supplies. */
export function linkBetween(fleet: Fleet | null, a: string | null, b: string | null): Link | undefined {
  return fleet?.links.find(
    (link) => (link.supplier === a && link.consumer === b) || (link.supplier === b && link.consumer === a),
  );
}

/** Two servers that no link joins yet, those asked for where they can be; null: all are linked, or there are too few. */
export function unlinkedPair(
  fleet: Fleet | null,
  a: string | null,
  b: string | null,
): readonly [string, string] | null {
  const ids: readonly string[] = fleet?.servers.map(({ id }) => id) ?? [];
  const first = (asked: string | null): readonly string[] =>
    asked !== null && ids.includes(asked) ? [asked, ...ids.filter((id) => id !== asked)] : ids;
  for (const one of first(a))
    for (const other of first(b)) if (one !== other && !linkBetween(fleet, one, other)) return [one, other];
  return null;
}

/** Why two servers cannot be linked now, as one sentence; null: they can. */
export function whyNotLinkable(app: App, a: string, b: string): string | null {
  if (app.locked) return `The fleet is locked. ${app.lockedBecause()}`;
  if (a === b) return 'This is the same server; a link joins two.';
  const leaving = app.outside.find(({ id }) => id === a || id === b);
  if (leaving) return `${leaving.id} is not in the drawing any more.`;
  if (linkBetween(app.document.fleet, a, b)) return `${a} and ${b} are linked already.`;
  return null;
}

/** The one way to pair, for drag, key, menu and table: asks whose data wins. An existing link is shown instead. */
export function startPairing(app: App, a: string | null, b: string | null): void {
  if (app.locked)
    return app.notices.show('warn', 'The fleet is locked.', app.lockedBecause(), { holds: () => app.locked });
  if (a !== null && a === b) return;
  const leaving = app.outside.find(({ id }) => id === a || id === b);
  if (leaving)
    return app.notices.show(
      'warn',
      `${leaving.id} is not in the drawing any more.`,
      'Undo that, or add it again, to link it.',
      { holds: () => app.outside.some(({ id }) => id === leaving.id) },
    );
  const existing = linkBetween(app.document.fleet, a, b);
  if (!existing) {
    app.dialog = { kind: 'pair', a, b };
    return;
  }
  app.selection.selectLink(linkKey(existing));
  app.notices.show(
    'warn',
    `${existing.supplier} and ${existing.consumer} are linked already.`,
    'The link is selected; change it in the inspector.',
    { holds: () => app.selection.link === linkKey(existing) && app.link !== null },
  );
}
