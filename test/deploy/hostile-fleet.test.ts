import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEngine } from '../../electron/engine/create-engine';
import type { StatusReport } from '../../shared/observed/status';
import { value } from '../support/results';
import { type BadServers, startBadServers } from './support/bad-servers';
import { anHour, deployed, erased, startSite, type TestSite } from './support/site';

/** Ten bad servers beside two good ones for so long: the long run takes ten minutes. */
const WATCHED_MS = process.env['KANILINK_LONG'] === '1' ? 600_000 : 60_000;
/** Until everything is connected, compiled and has been collected once. */
const SETTLED_MS = 20_000;

let site: TestSite;
let bad: BadServers;
let home: string;
const warnings: string[] = [];
const warned = (warning: Error) => warnings.push(`${warning.name}: ${warning.message}`);

beforeAll(async () => {
  process.on('warning', warned);
  home = await mkdtemp(join(tmpdir(), 'kl-home-'));
  site = await startSite(2);
  bad = await startBadServers();
});
afterAll(async () => {
  process.off('warning', warned);
  await bad?.close();
  await site?.close();
  if (home) await rm(home, { recursive: true, force: true });
});

const descriptors = async () => (await readdir('/proc/self/fd')).length;

it(
  'silent, refusing, lying and flooding servers hurt nobody else',
  async () => {
    const good = await site.text();
    const plan = value(await site.engine().plan(good, anHour()));
    const { end } = await deployed(site.engine(), good, { erase: erased(plan) });
    expect(end, JSON.stringify(end.problems)).toMatchObject({ outcome: 'done' });

    const lines: string[] = [];
    const engine = createEngine({
      ...{ home, env: {}, configDir: join(home, 'config'), practiceProgram: [] },
      prompter: { acceptHostKey: () => Promise.resolve(true), secret: () => Promise.resolve(null) },
      log: (line) => lines.push(line),
    });
    const text = { path: good.path, text: `${good.text}\n${bad.tables}\n` };
    const stop = new AbortController();
    const reports: { readonly at: number; readonly report: StatusReport }[] = [];
    const began = performance.now();
    const watching = (async () => {
      for await (const report of engine.watch(text, stop.signal))
        reports.push({ at: performance.now() - began, report });
    })();

    const measures: {
      readonly s: number;
      readonly rssMb: number;
      readonly descriptors: number;
      open: object;
    }[] = [];
    const measure = async () => {
      measures.push({
        s: Math.round((performance.now() - began) / 1000),
        rssMb: Math.round(process.memoryUsage().rss / 1e6),
        descriptors: await descriptors(),
        open: await bad.open(),
      });
    };
    const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    await pass(SETTLED_MS);
    for (let part = 0; part < 3; part++) {
      await measure();
      if (part < 2) await pass((WATCHED_MS - SETTLED_MS) / 2);
    }
    stop.abort();
    await watching;
    await engine.close();
    process.stderr.write(`hostile fleet: ${JSON.stringify(measures)}, ${reports.length} reports\n`);

    const settled = reports.filter(({ at }) => at > SETTLED_MS);
    expect(settled.length).toBeGreaterThan(WATCHED_MS / 20_000);
    for (const { report } of settled) {
      expect(report.servers.filter((it) => it.id.startsWith('idm-')).map((it) => it.state)).toEqual([
        'running',
        'running',
      ]);
      expect(report.pulls.map((it) => `${it.consumer} ${it.health}`)).toEqual([
        'idm-b replicating',
        'idm-a replicating',
      ]);
      // None of the others is shown as anything it was not seen to be.
      for (const it of report.servers)
        if (bad.ids.includes(it.id)) expect([it.id, it.state]).toEqual([it.id, 'unreachable']);
    }
    expect(bad.logins()).toBe(1);
    expect(warnings).toEqual([]);
    const [first, , last] = measures;
    expect((last?.rssMb ?? 0) - (first?.rssMb ?? 0)).toBeLessThan(150);
    expect((last?.descriptors ?? 0) - (first?.descriptors ?? 0)).toBeLessThan(20);
  },
  WATCHED_MS + 180_000,
);
