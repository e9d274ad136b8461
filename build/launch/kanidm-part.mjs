const MINUTE = 60_000;

/** Names programs to test with, with commas between them. */
export const KANIDMD = 'KANILINK_TEST_KANIDMD';
/** Names images of an engine. */
export const KANIDM_IMAGE = 'KANILINK_TEST_KANIDM_IMAGE';

/** @param {NodeJS.ProcessEnv} env */
const named = (env) =>
  [KANIDMD, KANIDM_IMAGE]
    .flatMap((variable) => (env[variable] ?? '').split(','))
    .filter((name) => name.trim() !== '');

/**
 * Why the tests on real Kanidm servers don't run: no server comes with the checkout, and fetching one is a person's decision.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined} undefined: a person named at least one
 */
export function noKanidm(env = process.env) {
  if (named(env).length > 0) return undefined;
  return `main job, health, renewal, comparison, kill and resume on real Kanidm servers.
Name one: ${KANIDMD}=PATH[,PATH…] (programs) or ${KANIDM_IMAGE}=NAME[,NAME…] (images); CONTRIBUTING.md says how to get it.`;
}

/** How long the part may take: each Kanidm that is named goes through everything. Milliseconds. */
export const KANIDM_LIMIT_MS = Math.max(1, named(process.env).length) * 45 * MINUTE;
