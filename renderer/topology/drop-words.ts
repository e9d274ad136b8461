/** Something that is dragged over the canvas, and the server under the pointer. */
export interface DropAim {
  readonly what: 'server' | 'link';
  readonly from: string;
  /** The server under the pointer; null: empty canvas. */
  readonly to: string | null;
  /** Why nothing may be changed now; null: it may. */
  readonly locked: string | null;
  /** Why a drop on `to` links nothing; null: it links, or there is no `to`. */
  readonly why: string | null;
}

/** What stands beside the pointer meanwhile. */
interface DropWords {
  readonly allowed: boolean;
  readonly title: string;
  readonly text: string;
}

/**
 * What a drop here does, in words. Nobody's data has been chosen yet, so none is said to win.
 * @returns null where nothing needs to be said: a server on its way over empty canvas.
 */
export function dropWords({ what, from, to, locked, why }: DropAim): DropWords | null {
  if (locked !== null) return { allowed: false, title: 'The fleet is locked', text: locked };
  if (to === null)
    return what === 'server'
      ? null
      : { allowed: true, title: `Link ${from} with …`, text: 'Drop it on another server.' };
  if (why !== null) return { allowed: false, title: 'No new link here', text: why };
  return {
    allowed: true,
    title: `Link ${from} and ${to}`,
    text: `${from}’s data → ${to}, or the other way round: you choose next.`,
  };
}
