import type { App } from '../app/app.svelte';

/** What a key on a server or a link means. */
export interface Choice {
  readonly what: { readonly server: string } | { readonly link: string };
  /** `command`: the key belongs to a command of the window, and to nothing else. */
  readonly how: 'alone' | 'more' | 'none' | 'command';
}

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey' | 'target'>;

/**
 * Reads a key that was pressed on a server or a link, on the canvas, in the list or in a table, the same everywhere: Enter
 * selects it alone; Space, also with Ctrl or Shift, and Shift+Enter add it to the selection or take it out; Escape selects
 * nothing. Null: the key means nothing there.
 */
export function choiceOf(event: Key): Choice | null {
  const space = event.key === ' ';
  if (event.altKey || !['Enter', ' ', 'Escape'].includes(event.key)) return null;
  const what = chosenBy(event.target);
  if (what === null) return null;
  if (event.key === 'Escape') return { what, how: 'none' };
  if (space) return { what, how: 'more' };
  if (event.ctrlKey || event.metaKey) return { what, how: 'command' };
  return { what, how: event.shiftKey ? 'more' : 'alone' };
}

/** Selects what was chosen. A link is always selected alone. */
export function choose({ selection }: Pick<App, 'selection'>, { what, how }: Choice): void {
  if (how === 'none') selection.clear();
  else if ('server' in what) selection.server(what.server, how === 'more');
  else if (how === 'more' && selection.link === what.link) selection.clear();
  else selection.selectLink(what.link);
}

function chosenBy(target: EventTarget | null): Choice['what'] | null {
  if (!(target instanceof Element)) return null;
  const { serverRow, tableServer, link, id } = datasetOf(target);
  const row = serverRow ?? tableServer;
  if (row !== undefined) return { server: row };
  if (link !== undefined) return { link };
  if (id === undefined) return null;
  if (target.classList.contains('svelte-flow__node')) return { server: id };
  return target.classList.contains('svelte-flow__edge') ? { link: id } : null;
}

const datasetOf = (target: Element): DOMStringMap =>
  target instanceof HTMLElement || target instanceof SVGElement ? target.dataset : {};
