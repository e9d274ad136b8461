/** A text without the run of one character at its end, in time linear in the text (`/=+$/` takes the square of it). */
export function withoutTrailing(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end--;
  return text.slice(0, end);
}
