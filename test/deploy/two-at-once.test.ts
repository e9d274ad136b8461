import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { Connections } from '../../electron/engine/fleet/connections';
import { takeLocks } from '../../electron/engine/deploy/deployment/locks';
import type { Site } from '../../electron/engine/deploy/deployment/deployment';
import { probeServer } from '../../electron/engine/fleet/probe/probe-server';
import { systemClock } from '../../electron/engine/base/time';
import { readFleet } from '../../shared/fleet/read/read-fleet';
import { deployed, startSite, type TestSite } from './support/site';
import { value } from '../support/results';

const TIMES = 100;
/** Whole deploys take seconds each; the number may be given, to run the whole in parts side by side. */
const WHOLE = Number(
  process.env['KANILINK_WHOLE_DEPLOYS'] ?? (process.env['KANILINK_LONG'] === '1' ? 100 : 2),
);

describe('two who deploy at the same moment', () => {
  let site: TestSite;
  beforeAll(async () => {
    site = await startSite(2);
  });
  afterAll(async () => {
    await site?.close();
  });

  it(`have exactly one winner, ${TIMES} times`, async () => {
    const signal = new AbortController().signal;
    const programs = [sitesOf(site, signal), sitesOf(site, signal)];
    const both = await Promise.all(programs.map((it) => it.sites));
    for (let time = 0; time < TIMES; time++) {
      const asked = await Promise.all(
        both.map((sites, index) => takeLocks(sites, `${time}-${index}`, false, systemClock, signal)),
      );
      const winners = asked.flatMap((it) => (it.ok ? [it.value] : []));
      expect(winners, `time ${time}`).toHaveLength(1);
      for (const it of asked) if (!it.ok) expect(it.error.code).toBe('locked');
      for (const winner of winners) expect(await winner.release()).toEqual([]);
    }
    await Promise.all(programs.map((it) => it.connections.close()));
  });

  it(
    `as whole deploys: one is done, the other refused, and nothing is done twice, ${WHOLE} times`,
    async () => {
      const text = await site.text();
      const machine = site.fleet.machine('idm-b');
      const before = await readFile(machine.config);
      for (let time = 0; time < WHOLE; time++) {
        if (time > 0) {
          // It holds the primary's data by now; only its links are to be written again.
          await writeFile(machine.config, before);
          await machine.stopKanidmd();
          await machine.startKanidmd();
        }
        const ends = await Promise.all(
          [site.engine(`${site.configDir}-1-${time}`), site.engine(`${site.configDir}-2-${time}`)].map(
            (engine) => deployed(engine, text, { erase: ['idm-b'] }),
          ),
        );
        const outcomes = ends.map((it) => it.end.outcome).sort();
        const said = JSON.stringify(ends.map((it) => it.end.problems));
        expect(outcomes, `time ${time}: ${said}`).toEqual(['done', 'refused']);
        const loser = ends.find((it) => it.end.outcome === 'refused');
        expect(loser?.end.problems.some((it) => it.code === 'locked')).toBe(true);
        expect(Object.values(await site.data()).every((it) => it.people.length === 6)).toBe(true);
      }
    },
    WHOLE * 300_000,
  );
});

/** The connections of one program, to all servers, in the order in which they are locked. */
function sitesOf(site: TestSite, signal: AbortSignal) {
  const { fleet } = readFleet(readFileSync(site.fleet.fleet, 'utf8'), site.fleet.fleet);
  if (fleet === null) throw new Error('the practice fleet has no fleet file');
  const connections = new Connections({
    home: site.configDir,
    env: {},
    prompter: { acceptHostKey: () => Promise.resolve(false), secret: () => Promise.resolve(null) },
  });
  const call = { signal, timeoutMs: 60_000 };
  const sites = Promise.all(
    fleet.servers.map(async (server): Promise<Site> => {
      const connection = value(await connections.to(server, site.fleet.fleet, call));
      return { server, connection, observed: await probeServer(server, connection, systemClock, call) };
    }),
  );
  return { sites, connections };
}
