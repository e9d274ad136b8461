/**
 * What a text says as JSON; null: it is not JSON. For what somebody else wrote, and a schema reads next.
 * @param text anything else, as a database gives it, counts as its text
 */
export function jsonOf(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return null;
  }
}
