/**
 * Does a text match a pattern of OpenSSH: `*` and `?`; everything else is literal, brackets too, for they belong to
 * `[host]:port`. No regular expression: `*a*a*a*…` takes one the better part of a minute. This looks back to the last `*`
 * only, so the time is at most the product of the two lengths.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let at = 0;
  let next = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    if (pattern[next] === '*') {
      star = next++;
      resume = at;
    } else if (next < pattern.length && (pattern[next] === '?' || pattern[next] === text[at])) {
      next++;
      at++;
    } else if (star >= 0) {
      next = star + 1;
      at = ++resume;
    } else return false;
  }
  while (pattern[next] === '*') next++;
  return next === pattern.length;
}
