/**
 * What a value holds on to: objects, and characters of texts, each once.
 * @param not keys that are not followed: what belongs to somebody else.
 */
export function heldBy(value: unknown, not: readonly string[] = []): number {
  const seen = new Set<unknown>();
  const texts = new Set<string>();
  const open: unknown[] = [value];
  let held = 0;
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === 'string' && !texts.has(next)) {
      texts.add(next);
      held += next.length;
    }
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    held += 1;
    if (next instanceof Map) open.push(...next.keys(), ...next.values());
    else if (next instanceof Set) open.push(...next);
    else
      for (const [key, part] of Object.entries(next)) {
        held += 1;
        if (!not.includes(key)) open.push(part);
      }
  }
  return held;
}
