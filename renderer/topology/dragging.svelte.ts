import type { App } from '../app/app.svelte';
import { whyNotLinkable } from '../app/pairing';
import type { DropAim } from './drop-words';

/** What is dragged: a server by its body, or a link from a server's ring. */
type Dragged = { readonly what: 'server' | 'link'; readonly from: string };

/** A server under the pointer, and where it is on the screen. */
interface Under {
  readonly id: string;
  readonly box: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
}

type Pointer = MouseEvent | TouchEvent;

/** A drag over the canvas: where the pointer is, and which server a drop here would link. */
export class Dragging {
  readonly #app: App;
  #dragged = $state.raw<Dragged | null>(null);
  /** Where the pointer is in the window; null: nothing is dragged, or it has not moved yet. */
  at = $state.raw<{ readonly x: number; readonly y: number } | null>(null);
  under = $state.raw<Under | null>(null);

  constructor(app: App) {
    this.#app = app;
  }

  /** What a drop here does; null: nothing is dragged. */
  aim = $derived.by((): DropAim | null => {
    const dragged = this.#dragged;
    if (dragged === null) return null;
    const to = this.under?.id ?? null;
    const locked = this.#app.locked ? this.#app.lockedBecause() : null;
    return { ...dragged, to, locked, why: to === null ? null : whyNotLinkable(this.#app, dragged.from, to) };
  });

  begin(what: Dragged['what'], from: string): void {
    this.#dragged = { what, from };
    this.at = null;
    this.under = null;
  }

  move(event: Pointer): void {
    if (this.#dragged === null) return;
    this.at = pointOf(event);
    this.under = this.at && this.#serverAt(this.at, this.#dragged);
  }

  /** @returns what the drop was over. */
  end(event: Pointer): DropAim | null {
    this.move(event);
    const aim = this.aim;
    this.#dragged = null;
    this.at = null;
    this.under = null;
    return aim;
  }

  /** Of all that lies under the pointer: a server that is dragged lies above the one it is dropped on. */
  #serverAt({ x, y }: { readonly x: number; readonly y: number }, { what, from }: Dragged): Under | null {
    for (const element of document.elementsFromPoint(x, y)) {
      const server = element.closest('[data-server]');
      const id = server?.getAttribute('data-server');
      if (!server || id === null || id === undefined) continue;
      if (what === 'link' || id !== from) return { id, box: server.getBoundingClientRect() };
    }
    return null;
  }
}

function pointOf(event: Pointer): { x: number; y: number } | null {
  const point = 'clientX' in event ? event : event.changedTouches[0];
  return point ? { x: point.clientX, y: point.clientY } : null;
}
