/** Characters of texts that are held, of one function. */
const MOST_HELD = 2_000_000;

/**
 * What a pure function says of a text, kept: a watch asks of the same certificates each second. Bounded by the texts' size;
 * the oldest is forgotten first.
 * @param of takes a text; null is kept as well.
 */
export function remembered<T>(of: (text: string) => T, mostHeld = MOST_HELD): (text: string) => T {
  const known = new Map<string, T>();
  let held = 0;
  return (text) => {
    if (known.has(text)) return known.get(text) as T;
    const value = of(text);
    known.set(text, value);
    held += text.length;
    for (const oldest of known.keys()) {
      if (held <= mostHeld) break;
      known.delete(oldest);
      held -= oldest.length;
    }
    return value;
  };
}
