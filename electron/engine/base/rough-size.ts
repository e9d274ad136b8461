/** What one value costs beside its text, in bytes: an object, a field, a number. */
const EACH = 16;

/**
 * About how many bytes of memory a plain value holds: what bounds a queue. Texts count two bytes a character.
 * Bounded itself: what lies deeper than eight levels is not counted.
 */
export function roughSize(value: unknown, depth = 0): number {
  if (typeof value === 'string') return EACH + 2 * value.length;
  if (typeof value !== 'object' || value === null || depth > 8) return EACH;
  let size = EACH;
  for (const part of Object.values(value)) size += roughSize(part, depth + 1);
  return size;
}
