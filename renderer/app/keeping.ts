import { describeLink } from '../../shared/fleet/model/fleet';
import { addLink } from '../../shared/fleet/edit/edit-links';
import type { LayerLink } from '../../shared/fleet/difference/difference';
import { linkKey } from '../document/selection.svelte';
import type { App } from './app.svelte';
import { isDrawn } from './removing';

/** Can a link that runs be drawn: are both its ends? */
export const canKeep = (app: App, { supplier, consumer }: LayerLink): boolean =>
  isDrawn(app, supplier) && isDrawn(app, consumer);

/** Draws a link that runs and is not in the drawing, as it runs. */
export function keepLink(app: App, link: LayerLink): void {
  const { supplier, consumer, pulls } = link;
  const ends = { supplier, consumer };
  const done = app.edit(`Keep the link ${describeLink(link)}`, (text) =>
    addLink(text, pulls.length > 1 ? ends : { ...ends, mutual: false }),
  );
  if (done) app.selection.selectLink(linkKey(link));
}
