/** Waiting, sped up by PRACTICE_SPEED. The speed never changes what is printed, only when. */
export interface Clock {
  now(): Date;
  /** Resolves after `seconds` of practice time, never before `floorMs` real milliseconds. */
  wait(seconds: number, floorMs?: number): Promise<void>;
  /** Practice seconds as real milliseconds, never under `floorMs`: a busy machine must not turn slow into failed. */
  milliseconds(seconds: number, floorMs?: number): number;
}

/**
 * @param speed how many practice seconds pass in a real one; 1 is real time.
 */
export function makeClock(speed: number): Clock {
  const milliseconds = (seconds: number, floorMs = 0) => Math.max((seconds * 1000) / speed, floorMs);
  return {
    now: () => new Date(),
    milliseconds,
    wait: (seconds, floorMs) => new Promise((resolve) => setTimeout(resolve, milliseconds(seconds, floorMs))),
  };
}

/** How long the admin socket waits for an answer before it says Error: 15 s (measured). */
export const adminLimit = { seconds: 15, floorMs: 2_000 };
/** How long a consumer waits for a supplier's TLS greeting: 2 s (recorded by 1.2.0 in its span heads). */
export const connectLimit = { seconds: 2, floorMs: 1_500 };
/** How long a consumer waits for one answer: 5 s (`kanidm.md`, "What the lines mean"). */
export const answerLimit = { seconds: 5, floorMs: 3_000 };
/** How long the port is held after a renewal up to 1.11.0: it works again within 75 s (measured). */
export const renewalDelay = { seconds: 65, floorMs: 5_500 };
/** The same from 1.11.1 on: 2 s (measured). */
export const quickRenewalDelay = { seconds: 2, floorMs: 0 };
