const EVERY_MS = 100;

/**
 * Waits until something holds, looking again ten times a second.
 *
 * @param what completes "waited in vain until …"
 * @param holds a value to be returned, or null, undefined or false: not yet
 * @param limitMs milliseconds
 * @throws when it did not hold in time, saying what was seen last if `holds` threw
 */
export async function until<T>(
  what: string,
  holds: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  limitMs: number,
): Promise<T> {
  const end = performance.now() + limitMs;
  let last = '';
  for (;;) {
    try {
      const value = await holds();
      if (value !== null && value !== undefined && value !== false) return value;
      last = '';
    } catch (cause) {
      last = `; the last look failed: ${cause instanceof Error ? cause.message : String(cause)}`;
    }
    if (performance.now() > end) throw new Error(`Waited ${limitMs / 1000} s in vain until ${what}${last}`);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}
