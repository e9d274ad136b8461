import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { StatusReport } from '../../shared/observed/status';
import { value } from '../support/results';
import { anHour, deployed, erased, startSite, type TestSite } from './support/site';

// A poll interval of a second: a round proves twelve seconds.
const PROOF_MS = 12_000;
const HOUR = 3_600_000;

let site: TestSite;
beforeEach(async () => {
  site = await startSite(2);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await site?.close();
});

/** The processes of the practice kanidmds, by what they were started with. */
function kanidmds(): number[] {
  const folders = site.fleet.machines.map(({ folder }) => folder);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
        return words.includes('server') && words.some((word) => folders.some((it) => word.startsWith(it)));
      } catch {
        return false;
      }
    })
    .map(Number);
}

it.each([
  ['back', -HOUR],
  ['forward', HOUR],
])(
  'with both kanidmds stopped and the clock set %s no pull stays green beyond its proof',
  async (_, step) => {
    const text = await site.text();
    const plan = value(await site.engine().plan(text, anHour()));
    const { end } = await deployed(site.engine(), text, { erase: erased(plan) });
    expect(end, JSON.stringify(end.problems)).toMatchObject({ outcome: 'done' });

    const stop = new AbortController();
    const seen: { readonly at: number; readonly green: number }[] = [];
    const watching = (async () => {
      for await (const { pulls } of site.engine().watch(text, stop.signal) as AsyncIterable<StatusReport>)
        seen.push({
          at: performance.now(),
          green: pulls.filter((it) => it.health === 'replicating').length,
        });
    })();
    await vi.waitFor(() => expect(seen.at(-1)?.green).toBe(2), { timeout: 120_000, interval: 100 });

    const pids = kanidmds();
    expect(pids.length).toBeGreaterThanOrEqual(2);
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    const stopped = performance.now();
    const real = Date.now;
    vi.spyOn(Date, 'now').mockImplementation(() => real() + step);
    try {
      await new Promise((resolve) => setTimeout(resolve, PROOF_MS + 20_000));
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGCONT');
    }
    stop.abort();
    await watching;

    expect(seen.at(-1)?.green).toBe(0);
    const late = seen.filter(({ at, green }) => green > 0 && at > stopped + PROOF_MS + 10_000);
    expect(late).toEqual([]);
  },
);
