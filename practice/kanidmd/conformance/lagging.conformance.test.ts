import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { linkTo, makePair, readyServers } from './pairing';
import { Practice } from './practice-server';

let practice: Practice;
beforeAll(async () => {
  practice = await Practice.open();
});
afterEach(() => practice.killAll());
afterAll(() => practice.close());

const logSchema = z.object({ consumer: z.array(z.string()), supplier: z.array(z.string()) });

/** Lines of a log that people reported, `test/field/logs`. */
const reported = (name: string): z.output<typeof logSchema> =>
  logSchema.parse(
    JSON.parse(readFileSync(path.join(import.meta.dirname, `../../../test/field/logs/${name}.json`), 'utf8')),
  );

/** The words of lines that match, without where they stand in a span. */
const wordsOf = (log: string, pattern: RegExp): readonly string[] =>
  [...new Set(log.split('\n').map((line) => line.replace(/^.*?\]: /, '')))].filter((line) =>
    pattern.test(line),
  );

it('who is too far behind must be refreshed, and who asks it is told that it is the supplier that lags', async () => {
  const { a, b } = await makePair(practice, ['idm-a', 'idm-b']);
  await b.run('refresh-replication-consumer', '--i-want-to-refresh-this-servers-database');
  await a.waitFor(/Incremental Replication Success/);
  await b.stop();
  const file = path.join(b.folder, 'kanidm.db');
  const database = JSON.parse(readFileSync(file, 'utf8'));
  // As a copy of eight days ago: what a made since is not in it.
  for (const server of Object.keys(database.ruv)) {
    const old = { secs: database.ruv[server].secs - 8 * 86_400, nanos: 0 };
    database.ruv[server] = old;
    database.known[server] = [old];
  }
  writeFileSync(file, JSON.stringify(database));
  const [markA, markB] = [a.mark(), b.mark()];
  await b.start();
  await b.waitFor(/You must manually resolve/, markB);
  await a.waitFor(/our RUV is ahead/, markA);
  const refused = /RUV is|content must be refreshed/;
  expect(wordsOf(b.since(markB), refused)).toEqual(
    wordsOf(reported('27-3941-auto-refresh-1.7').consumer.join('\n'), refused),
  );
  const lagging = reported('44-green-but-supplier-lagging');
  expect(wordsOf(a.since(markA), refused)).toEqual(wordsOf(lagging.consumer.join('\n'), refused));
  expect(wordsOf(b.since(markB), /lagging/)).toEqual(wordsOf(lagging.supplier.join('\n'), /lagging/));
  expect(a.since(markA)).toContain('Replication - Consumer is lagging and must be refreshed.');

  const refreshed = b.mark();
  await b.run('refresh-replication-consumer', '--i-want-to-refresh-this-servers-database');
  await b.waitFor(/Incremental Replication Success/, refreshed);
  // A round may have been refused between the mark and the refresh.
  const well = b.mark();
  await b.waitFor(/Incremental Replication Success/, well);
  expect(wordsOf(b.since(well), refused)).toEqual([]);
});

it('a release of 2024 looks a name up once: its rounds with that partner begin only after a restart', async () => {
  const version = '1.2.0';
  const [a, b] = await readyServers(practice, ['w-a', 'w-b'], { version });
  if (!a || !b) throw new Error('no servers');
  const names = path.join(practice.folder, 'names.json');
  writeFileSync(names, '{"w-a.localhost":null}');
  a.server.configure([linkTo(b)]);
  b.server.configure([linkTo(a)]);
  b.server.set({ env: { PRACTICE_RESOLVE_FILE: names } });
  await a.server.start();
  const mark = b.server.mark();
  await b.server.start();
  await b.server.waitFor(/Replica origin could not resolve to ip:port/, mark);
  writeFileSync(names, '{}');
  const restarted = b.server.mark();
  expect(b.server.since(mark)).not.toContain('repl_run_consumer');
  await b.server.restart();
  await b.server.waitFor(/You must manually resolve/, restarted);
});
