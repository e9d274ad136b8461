import { describeLink } from '../../shared/fleet/model/fleet';
import { ofOpenFleet } from '../document/fleet-reader';
import type { App } from './app.svelte';

/** Removes the selected link at once (it can be undone), or asks about the selected server. */
export function removeSelected(app: App): void {
  const link = app.link;
  if (link) {
    const done = app.edit(`Remove the link ${describeLink(link)}`, (text) =>
      ofOpenFleet().removeLink(text, link),
    );
    if (done) app.selection.clear();
    return;
  }
  const [server] = app.selection.servers;
  if (server !== undefined && isDrawn(app, server)) app.dialog = { kind: 'remove', id: server };
}

/** A server that was taken out of the drawing may still be selected: it can be neither edited nor taken out again. */
export const isDrawn = (app: Pick<App, 'document'>, id: string): boolean =>
  app.document.fleet?.servers.some((server) => server.id === id) ?? false;
