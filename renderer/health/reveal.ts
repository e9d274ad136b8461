import type { Subject } from '../../shared/problems/subject';
import type { App } from '../app/app.svelte';
import { linkKey } from '../document/selection.svelte';

/** Whether there is something to select for a subject: a link that is not drawn has its ends. */
export const canReveal = (app: App, subject: Subject): boolean => targetOf(app, subject) !== null;

/** Selects what a problem is about: its link, or its server. */
export function reveal(app: App, subject: Subject): void {
  const target = targetOf(app, subject);
  if (target === null) return;
  if ('link' in target) app.selection.selectLink(target.link);
  else app.selection.server(target.server);
}

function targetOf(
  app: App,
  subject: Subject,
): { readonly link: string } | { readonly server: string } | null {
  const { fleet } = app.document;
  if (fleet === null || subject.kind === 'fleet') return null;
  const ends: readonly string[] = subject.kind === 'link' ? subject.ends : [subject.server];
  const link =
    ends.length === 2
      ? fleet.links.find((it) => ends.includes(it.supplier) && ends.includes(it.consumer))
      : undefined;
  if (link !== undefined) return { link: linkKey(link) };
  const server = fleet.servers.find(({ id }) => ends.includes(id));
  return server === undefined ? null : { server: server.id };
}
