import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A program that stands in for the practice kanidmd, so that the machines are tested without it: `server` says it is ready and
 * runs until SIGTERM. What server.toml's text holds makes it misbehave.
 */
export async function makeFakeKanidmd(): Promise<{ path: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'kanilink-fake-'));
  const path = join(folder, 'practice-kanidmd.cjs');
  await writeFile(path, PROGRAM);
  await chmod(path, 0o755);
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}

const PROGRAM = `
const fs = require('node:fs');
const [verb, ...rest] = process.argv.slice(2);
const config = rest[rest.indexOf('-c') + 1];
if (verb === 'server') {
  const text = fs.readFileSync(config, 'utf8');
  if (text.includes('refuse-to-start')) {
    console.error('ERROR: Configuration Parse Failure');
    process.exit(1);
  }
  process.on('SIGTERM', () => {
    if (text.includes('ignore-sigterm')) return;
    console.log('Stopped \\u{1F6D1}');
    process.exit(0);
  });
  console.log('Starting Kanidmd | version: ' + process.env.PRACTICE_VERSION);
  if (process.env.KANIDM_DOMAIN) console.log('KANIDM_DOMAIN is ' + process.env.KANIDM_DOMAIN);
  if (text.includes('colours')) console.log('\\x1b[31mred\\x1b[0m');
  if (text.includes('long-line')) console.log('x'.repeat(5000));
  console.log('ready to rock! \\u{1FAA8}');
  let tick = 0;
  setInterval(() => console.log('tick ' + (tick += 1)), 5);
} else if (verb === 'echo') {
  process.stdout.write(JSON.stringify(rest));
  process.stderr.write('on stderr');
  process.exit(3);
} else if (verb === 'wait') {
  fs.writeFileSync(rest[0], String(process.pid));
  setInterval(() => {}, 1000);
} else if (verb === 'die') {
  process.kill(process.pid, 'SIGABRT');
  setInterval(() => {}, 1000);
} else {
  console.error('unknown verb ' + verb);
  process.exit(2);
}
`;
