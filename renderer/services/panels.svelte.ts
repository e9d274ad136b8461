import type { Layout } from '../../shared/ipc/layout';
import { foldable, type Foldable } from '../../shared/ipc/foldable';

/** A window that is narrower has no room for a list, a canvas and an inspector side by side; CSS pixels. */
const NARROW = '(max-width: 860px)';
/** One that is lower has no room for canvas and panel, one above the other. */
const LOW = '(max-height: 520px)';

const LIMITS: Readonly<Record<Foldable, { readonly min: number; readonly max: number }>> = {
  fleet: { min: 150, max: 380 },
  inspector: { min: 220, max: 520 },
  details: { min: 96, max: 560 },
};

/** How the parts around the canvas are arranged. What is folded for want of room does not count where there is room. */
export class Panels {
  sizes = $state<Record<Foldable, number>>({ fleet: 232, inspector: 304, details: 250 });
  folded = $state.raw<readonly Foldable[]>([]);
  foldedSmall = $state.raw<readonly Foldable[]>(foldable);
  /** The window is small, by what lacks room. */
  narrow = $state(false);
  low = $state(false);
  readonly limits = LIMITS;

  /** Watches the size of the window. */
  watch(window: Pick<Window, 'matchMedia'>): void {
    const follow = (query: string, told: (small: boolean) => void): void => {
      const media = window.matchMedia(query);
      told(media.matches);
      media.addEventListener('change', () => told(media.matches));
    };
    follow(NARROW, (small) => (this.narrow = small));
    follow(LOW, (small) => (this.low = small));
  }

  isFolded(part: Foldable): boolean {
    return (this.#isSmall(part) ? this.foldedSmall : this.folded).includes(part);
  }

  /** Folds a part, or shows it again. */
  toggle(part: Foldable, fold = !this.isFolded(part)): void {
    const small = this.#isSmall(part);
    const before = (small ? this.foldedSmall : this.folded).filter((other) => other !== part);
    const next = fold ? [...before, part] : before;
    if (small) this.foldedSmall = next;
    else this.folded = next;
  }

  take({ fleet, inspector, details, folded, foldedSmall }: Layout): void {
    const within = (part: Foldable, size: number): number =>
      Math.min(LIMITS[part].max, Math.max(LIMITS[part].min, size));
    this.sizes = {
      fleet: within('fleet', fleet),
      inspector: within('inspector', inspector),
      details: within('details', details),
    };
    this.folded = folded;
    this.foldedSmall = foldedSmall;
  }

  #isSmall(part: Foldable): boolean {
    return part === 'details' ? this.low : this.narrow;
  }
}
