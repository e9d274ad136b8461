import type { EventEmitter } from 'node:events';

/** Events of one sender. */
export interface EventsOf {
  readonly from: EventEmitter;
  readonly names: readonly string[];
  /** They come with every start, and are in time when all else is there. */
  readonly canWait?: true;
}

/** Events that come before there is anybody who listens to them. They are held, and told in their order once there is. */
export class EarlyEvents {
  /** Settled when the first has come that cannot wait. */
  readonly urgent: Promise<void>;
  #held: readonly (() => void)[] = [];
  readonly #forget: readonly (() => void)[];

  constructor(events: readonly EventsOf[]) {
    let came = (): void => undefined;
    this.urgent = new Promise((resolve) => (came = resolve));
    this.#forget = events.flatMap(({ from, names, canWait }) =>
      names.map((name) => {
        const hold = (...told: unknown[]): void => {
          this.#held = [...this.#held, () => from.emit(name, ...told)];
          if (canWait !== true) came();
        };
        from.on(name, hold);
        return () => from.off(name, hold);
      }),
    );
  }

  /** Call it once, when all listen. */
  tell(): void {
    for (const forget of this.#forget) forget();
    for (const again of this.#held) again();
  }
}
