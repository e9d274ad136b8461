/**
 * What a registry knows against the packages of the lock file, by `npm audit --json` (audit report version 2).
 * @param {string} output what it printed
 * @param {ReadonlySet<string>} shipped names of packages of which something is shipped
 * @returns {{ unknown: string } | { wrong: readonly string[], noted: readonly string[] }} `unknown`: no registry answered, in its
 *   own words; `wrong`: a shipped package with an advisory; `noted`: one that only helps to build and test
 */
export function judgeAudit(output, shipped) {
  /** @type {unknown} */
  let report;
  try {
    report = JSON.parse(output);
  } catch {
    return { unknown: 'npm audit printed no report' };
  }
  const { vulnerabilities, message, error } = /** @type {Record<string, unknown>} */ (report ?? {});
  if (!(vulnerabilities instanceof Object)) {
    const summary = error instanceof Object && 'summary' in error ? error.summary : '';
    return { unknown: String(message || summary || 'npm audit printed no report') };
  }
  const found = Object.entries(vulnerabilities).map(([name, { severity, via }]) => ({
    shipped: shipped.has(name),
    text: `${name}: ${severity}: ${titles(via)}`,
  }));
  const texts = (/** @type {boolean} */ which) =>
    found.filter((one) => one.shipped === which).map(({ text }) => text);
  return { wrong: texts(true), noted: texts(false) };
}

/** @param {readonly (string | { title: string, url: string })[]} via a name where the advisory is another package's */
const titles = (via) =>
  via.map((one) => (typeof one === 'string' ? `by ${one}` : `${one.title} ${one.url}`)).join('; ');
