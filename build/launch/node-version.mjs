/** Reads `v20.20.2` or `20.19` as numbers; what is not there counts as 0. @param {string} text */
const numbers = (text) => text.replace(/^v/, '').split('-')[0]?.split('.').map(Number) ?? [];

/**
 * Says whether a version is at least another, number by number.
 * @param {string} version such as `v20.20.2`
 * @param {string} least such as `20.19`
 */
export function isAtLeast(version, least) {
  const have = numbers(version);
  for (const [index, wanted] of numbers(least).entries()) {
    const found = have[index] ?? 0;
    if (found !== wanted) return found > wanted;
  }
  return true;
}
