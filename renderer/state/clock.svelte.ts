/** The one clock of the window; views read `now` and age with it. Ticks each second once started. */
export class Clock {
  /** Milliseconds since the epoch. */
  now = $state(Date.now());

  /** Starts ticking; returns the function that stops it. */
  start(): () => void {
    const timer = setInterval(() => (this.now = Date.now()), 1000);
    return () => clearInterval(timer);
  }
}
