/**
 * What `npm start`, `npm test`, `npm run bench`, `npm run dev`, `npm run record`, `npm run kanilink`, `npm run package` and `npm run pack:cli` run. Works in a bare clone: it imports Node's
 * built-in modules only, and installs what the rest needs.
 */
import { isAtLeast } from './launch/node-version.mjs';
import { watchSignals } from './launch/run.mjs';
import { say, Stop } from './launch/say.mjs';

const LEAST_NODE = '20.19';

/** @type {Record<string, (args: readonly string[]) => Promise<number>>} */
const VERBS = {
  setup: async (args) => (await import('./launch/setup.mjs')).setup(args),
  start: async (args) => (await import('./launch/start.mjs')).start(args),
  test: async (args) => (await import('./launch/test.mjs')).test(args),
  bench: async (args) => (await import('./launch/bench.mjs')).bench(args),
  dev: async (args) => (await import('./launch/dev.mjs')).dev(args),
  kanilink: async (args) => (await import('./launch/kanilink.mjs')).kanilink(args),
  record: async (args) => (await import('./launch/record.mjs')).record(args),
  'pack:cli': async () => (await import('./launch/pack-cli.mjs')).packCli(),
  package: async (args) => (await import('./launch/package.mjs')).packageApp(args),
};

process.exit(await main(process.argv.slice(2)));

/** @param {string[]} argv */
async function main([verb = 'start', ...args]) {
  if (!isAtLeast(process.version, LEAST_NODE)) {
    say(
      `This needs Node ${LEAST_NODE} or newer, and runs on ${process.version}.\nGet a newer one from your system's packages or nodejs.org.`,
    );
    return 1;
  }
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (run === undefined) {
    say(`There is no "${verb}". Use one of: ${Object.keys(VERBS).join(', ')}.`);
    return 64;
  }
  watchSignals();
  try {
    return await run(args);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(error.message);
    return error.exitCode;
  }
}
