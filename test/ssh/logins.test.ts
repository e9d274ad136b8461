import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Engine } from '../../electron/engine/api/engine';
import type { StatusReport } from '../../shared/observed/status';
import { anHour, deployed, startSite, type TestSite } from '../deploy/support/site';
import { value } from '../support/results';

// Rounds and logins are two things: each is proved by itself, on servers whose logins can be broken while they run.
let site: TestSite;
let engine: Engine;
const folder = mkdtempSync(join(tmpdir(), 'kl-logins-'));
const knob = join(folder, 'logins');
const logins = (word: string): void => writeFileSync(knob, word);

beforeAll(async () => {
  logins('work');
  site = await startSite(2, { kanidmdEnv: { PRACTICE_LOGINS: `@${knob}` } });
  engine = site.engine();
  const { end } = await deployed(engine, await site.text(), { erase: ['idm-b'] });
  expect(end.outcome).toBe('done');
});
afterAll(async () => {
  await site?.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => logins('work'));

const look = async (): Promise<StatusReport> =>
  value(await engine.status(await site.text(), { ...anHour(), wait: true, logins: true }));
const states = ({ pulls, serves }: StatusReport) => ({
  pulls: pulls.map(({ health }) => health),
  servers: serves?.servers.map(({ state }) => state),
  logins: serves?.logins.map(({ state }) => state),
});
const replicating = ['replicating', 'replicating'];

it('are good both ways on a deployed pair, and nothing is proved when nobody asks', async () => {
  const report = await look();
  expect(states(report)).toEqual({
    pulls: replicating,
    servers: ['serves', 'serves'],
    logins: ['good', 'good'],
  });
  expect(report.serves?.servers[0]?.certificate).toMatchObject({ isOnDisk: true });
  const plain = value(await engine.status(await site.text(), { ...anHour(), wait: true }));
  expect(plain.serves).toBeUndefined();
});

it.each([
  { word: 'broken', servers: ['broken', 'broken'], sessions: ['unknown', 'unknown'] },
  { word: 'strangers', servers: ['serves', 'serves'], sessions: ['broken', 'broken'] },
  { word: 'no-anonymous', servers: ['unknown', 'unknown'], sessions: ['unknown', 'unknown'] },
])('are told apart from rounds: $word', async ({ word, servers, sessions }) => {
  logins(word);
  expect(states(await look())).toEqual({ pulls: replicating, servers, logins: sessions });
});

it('break within one interval while they are watched, and heal', async () => {
  const stop = new AbortController();
  const wanted = ['serves', 'broken', 'serves'];
  for await (const report of engine.watch(await site.text(), stop.signal, 500)) {
    const { pulls, servers } = states(report);
    // A pull of a server whose log was not read yet is unknown; what ails logins never breaks one.
    expect(pulls).not.toContain('broken');
    if (!isDeepStrictEqual({ pulls, servers }, { pulls: replicating, servers: [wanted[0], wanted[0]] }))
      continue;
    wanted.shift();
    logins(wanted[0] === 'broken' ? 'broken' : 'work');
    if (wanted.length === 0) stop.abort();
  }
  expect(wanted).toEqual([]);
});

it('never write a session into the trace', async () => {
  const text = value(
    await engine.diagnose(await site.text(), { withoutAddresses: false, problems: [] }, anHour()),
  );
  expect(text).toContain('dial');
  expect(text).not.toMatch(/Bearer|auth-session|[0-9a-f-]{36}\.[0-9a-f-]{36}\.[0-9a-f]{64}/);
});

it('are not asked of who shows another certificate than the one on the disk', async () => {
  const machine = site.fleet.machine('idm-a');
  const chain = join(machine.folder, 'etc/kanidm/chain.pem');
  const other = join(site.fleet.machine('idm-b').folder, 'etc/kanidm/chain.pem');
  const before = readFileSync(chain);
  const asked = (): number => machine.journalMessages().filter((it) => it.includes('/v1/auth')).length;
  writeFileSync(chain, readFileSync(other));
  const count = asked();
  try {
    const report = await look();
    expect(report.serves?.servers[0]).toMatchObject({ state: 'broken', certificate: { isOnDisk: false } });
    expect(asked()).toBe(count);
  } finally {
    writeFileSync(chain, before);
  }
});

it.each([
  { word: 'broken', outcome: 'failed', codes: ['logins-broken'] },
  { word: 'no-anonymous', outcome: 'done', codes: [] },
])('are the last proof of a deploy: $word', async ({ word, outcome, codes }) => {
  logins(word);
  const { end, events } = await deployed(engine, await site.text(), {
    job: { kind: 'restart', server: 'idm-b' },
  });
  expect(end.outcome).toBe(outcome);
  expect(end.problems.map(({ code }) => code)).toEqual(codes);
  const notes = events.flatMap((event) => (event.kind === 'step' ? [event.note] : [])).join();
  if (word === 'no-anonymous') expect(notes).toContain('Logins are not proved. ');
});
