/** Where a pointer was pressed, and when. */
interface Press {
  readonly clientX: number;
  readonly clientY: number;
  /** Milliseconds since the page began. */
  readonly timeStamp: number;
}

/** Two presses within this time and distance are one double click. Milliseconds, pixels. */
const WITHIN_MS = 500;
const NEAR = 8;

let last: Press | null = null;
if (typeof document !== 'undefined')
  document.addEventListener(
    'pointerdown',
    ({ clientX, clientY, timeStamp }) => (last = { clientX, clientY, timeStamp }),
    true,
  );

/** The last press anywhere in the window; null: there was none. */
export const lastPress = (): Press | null => last;

/** Says whether a press is the second one of the double click that began with another. */
export const isSecondPress = (first: Press | null, { clientX, clientY, timeStamp }: Press): boolean =>
  first !== null &&
  timeStamp - first.timeStamp < WITHIN_MS &&
  Math.hypot(clientX - first.clientX, clientY - first.clientY) <= NEAR;
