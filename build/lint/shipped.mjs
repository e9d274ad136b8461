/**
 * Holds what is shipped to its licences and to what is known against it. Where no registry answers that, it says so and passes:
 * its answer would decide whether a build works.
 */
import { buildIfStale } from '../launch/build.mjs';
import { runNpm } from '../launch/npm-packages.mjs';
import { shippedInApp } from '../launch/package-parts.mjs';
import { judgeShipped } from './advisories.mjs';

const LIMIT_MS = 60_000;

// Which packages are bundled stands beside the bundles.
await buildIfStale();
const { output } = await runNpm(['audit', '--json'], LIMIT_MS, { output: 'captured' });
const { count, licences, audit } = judgeShipped(shippedInApp(), output);
for (const line of licences) console.error(`not to be shipped: ${line}`);
if ('unknown' in audit) console.error(`known vulnerabilities are not checked: ${audit.unknown}`);
else {
  for (const line of audit.wrong) console.error(`shipped, with a known vulnerability: ${line}`);
  for (const line of audit.noted) console.error(`for building only, with a known vulnerability: ${line}`);
}
const wrong = 'unknown' in audit ? 0 : audit.wrong.length;
if (licences.length + wrong > 0) process.exitCode = 1;
else console.error(`licences of ${count} packages are allowed`);
