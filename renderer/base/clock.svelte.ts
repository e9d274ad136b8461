import type { Moment } from '../../shared/base/moment';

/** Milliseconds since the epoch, as this computer believes: for what is shown, never for a duration. */
export const wallNow = (): number => Date.now();

/** This moment by both clocks: what was seen is believed by the one that nobody can set. */
export const momentNow = (): Moment => ({ wall: wallNow(), monotonic: performance.now() });

/** The one clock of the window; views read it and age with it. Ticks each second once started. */
export class Clock {
  moment = $state.raw<Moment>(momentNow());
  /** Milliseconds since the epoch. */
  readonly now = $derived(this.moment.wall);

  /** Starts ticking; returns the function that stops it. */
  start(): () => void {
    const timer = setInterval(() => (this.moment = momentNow()), 1000);
    return () => clearInterval(timer);
  }
}
