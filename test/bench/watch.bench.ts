import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createEngine } from '../../electron/engine/create-engine';
import type { StatusReport } from '../../shared/observed/status';
import { kanilink } from '../deploy/support/kanilink';
import { value } from '../support/results';
import { report, spread, words } from './support/compare';

/** Practice machines run in a process of their own, so that what is measured is the watcher alone. */
const PROGRAM = [
  process.execPath,
  join(process.env['KANILINK_APP'] ?? '.', 'out', 'main', 'practice-host.cjs'),
  '--linked',
];
const SERVERS = 8;
/** Until the first probes are over, then each stretch that is measured. Milliseconds. */
const SETTLE = 20_000;
const STRETCH = 60_000;
const RUNS = 3;

it(`watching ${SERVERS} servers that replicate: what it costs a server and hour`, async () => {
  const configDir = mkdtempSync(join(tmpdir(), 'kl-watch-bench-'));
  const engine = createEngine({
    ...{ home: configDir, env: {}, configDir, log: () => undefined, practiceProgram: PROGRAM },
    prompter: { acceptHostKey: async () => true, secret: async () => null },
  });
  const stop = new AbortController();
  try {
    const call = { signal: stop.signal, timeoutMs: 60_000 };
    const { path } = value(await engine.startPractice({ servers: SERVERS }, call));
    // They replicate, each with the next: a watcher reads rounds, and judges pulls and sessions.
    const named = Array.from({ length: SERVERS - 1 }, (_, n) => ['--erase', `idm-${'bcdefgh'[n] ?? ''}`]);
    const applied = await kanilink(engine, 'apply', path, '--yes', ...named.flat());
    expect(applied.code, applied.out).toBe(0);
    const before = process.memoryUsage().rss;
    const reports: StatusReport[] = [];
    const watching = (async () => {
      const text = { path, text: readFileSync(path, 'utf8') };
      for await (const one of engine.watch(text, stop.signal)) reports.push(one);
    })();
    await sleep(SETTLE);
    const cpu: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const began = process.cpuUsage();
      await sleep(STRETCH);
      const used = process.cpuUsage(began);
      cpu.push(((used.user + used.system) / 1e6 / SERVERS) * (3_600_000 / STRETCH));
    }
    const grown = (process.memoryUsage().rss - before) / SERVERS / 1e6;
    expect(reports.at(-1)?.servers.filter(({ state }) => state === 'running')).toHaveLength(SERVERS);
    const pulls = reports.at(-1)?.pulls.filter(({ health }) => health === 'replicating') ?? [];
    expect(pulls.length).toBeGreaterThanOrEqual(SERVERS - 1);
    report(
      `watching ${SERVERS} servers and ${pulls.length} pulls: ${words(spread(cpu))} s of one core a server and hour, ${grown.toFixed(1)} MB a server; ${RUNS} stretches of ${STRETCH / 1000} s`,
    );
    stop.abort();
    await watching;
  } finally {
    stop.abort();
    await engine.stopPractice();
    await engine.close();
    rmSync(configDir, { recursive: true, force: true });
  }
});
