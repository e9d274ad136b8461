import { notAllowed, packedElectron } from '../package/shipped.mjs';

/**
 * Judges what is shipped: the npm packages of the app, and the Electron it is packed with.
 * @param {readonly import('../package/shipped.mjs').Shipped[]} packages
 * @param {string} output what `npm audit --json` printed
 */
export function judgeShipped(packages, output) {
  const electron = packedElectron();
  const all = [...packages, electron];
  const audit = judgeAudit(output, new Set(packages.map(({ name }) => name)), new Set([electron.name]));
  return { count: all.length, licences: notAllowed(all), audit };
}

/**
 * What a registry knows against the packages of the lock file, by `npm audit --json` (audit report version 2).
 * @param {string} output what it printed
 * @param {ReadonlySet<string>} shipped names of packages of which something is shipped
 * @param {ReadonlySet<string>} [alone] names of which only what is known against themselves counts: what their npm packages depend
 *   on installs them, and is not shipped
 * @returns {{ unknown: string } | { wrong: readonly string[], noted: readonly string[] }} `unknown`: no registry answered, in its
 *   own words; `wrong`: a shipped package with an advisory; `noted`: one that only helps to build and test
 */
export function judgeAudit(output, shipped, alone = new Set()) {
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
    shipped: shipped.has(name) || (alone.has(name) && ofItself(via)),
    text: `${name}: ${severity}: ${titles(via)}`,
  }));
  const texts = (/** @type {boolean} */ which) =>
    found.filter((one) => one.shipped === which).map(({ text }) => text);
  return { wrong: texts(true), noted: texts(false) };
}

/** @typedef {readonly (string | { title: string, url: string })[]} Via a name where the advisory is another package's */

/** @param {Via} via */
const ofItself = (via) => via.some((one) => typeof one !== 'string');

/** @param {Via} via */
const titles = (via) =>
  via.map((one) => (typeof one === 'string' ? `by ${one}` : `${one.title} ${one.url}`)).join('; ');
