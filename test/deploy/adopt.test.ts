import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readFleet } from '../../shared/fleet/read/read-fleet';
import { value } from '../support/results';
import { kanilink } from './support/kanilink';
import { anHour, deployed, erased, startSite, type TestSite } from './support/site';

// Servers that replicate are adopted from their SSH endpoints alone, and a deploy of what comes out changes nothing.
let site: TestSite;
beforeAll(async () => {
  site = await startSite(2);
});
afterAll(async () => {
  await site?.close();
});

it('makes the fleet file of servers that run, once it knows whose data wins, and overwrites nothing', async () => {
  const engine = site.engine();
  const text = await site.text();
  const plan = value(await engine.plan(text, anHour()));
  const { end } = await deployed(engine, text, { erase: erased(plan) });
  expect(end, JSON.stringify(end.problems)).toMatchObject({ outcome: 'done' });
  const before = await site.files();
  const { machines, identity, knownHosts, root } = site.fleet;
  const endpoints = machines.map(
    (it) => `ssh://${it.user}@${it.host}:${it.port},identity=${identity},known_hosts=${knownHosts}`,
  );
  const output = join(root, 'adopted.toml');
  const adopt = (...more: string[]) =>
    kanilink(engine, 'adopt', ...endpoints, '--output', output, '--json', ...more);

  const asked = await adopt();
  expect(asked.code).toBe(64);
  expect(asked.err).toContain('Add --primary idm-a or --primary idm-b.');
  expect(JSON.parse(asked.out)).toMatchObject({
    fleet: null,
    questions: [{ servers: ['idm-a', 'idm-b'], candidates: ['idm-a', 'idm-b'] }],
  });
  expect((await adopt('--primary', 'idm-x')).code).toBe(64);
  await expect(readFile(output)).rejects.toThrow('ENOENT');

  const made = await adopt('--primary', 'idm-a');
  expect(made.code, made.out).toBe(0);
  expect(JSON.parse(made.out)).toMatchObject({
    fleet: output,
    servers: [
      { id: 'idm-a', state: 'running', origin: machines[0]?.origin },
      { id: 'idm-b', state: 'running' },
    ],
    links: [
      { supplier: 'idm-a', consumer: 'idm-b', mutual: true, automaticRefresh: false, because: 'primary' },
    ],
    questions: [],
    changes: false,
    problems: [],
  });
  const written = await readFile(output, 'utf8');
  const { fleet, problems } = readFleet(written, output);
  expect(problems).toEqual([]);
  expect(fleet?.links).toEqual(readFleet(text.text, null).fleet?.links);
  const shown = await machines[0]?.run(['domain', 'show']);
  expect(fleet?.domainUuid).toBe(/domain_uuid\s*: ([0-9a-f-]{36})/.exec(shown?.stdout ?? '')?.[1]);
  const planned = await kanilink(engine, 'plan', output, '--json');
  expect([planned.code, JSON.parse(planned.out)]).toMatchObject([
    0,
    { changes: false, steps: [], problems: [] },
  ]);

  const again = await adopt('--primary', 'idm-b');
  expect(again.code).toBe(1);
  expect(again.out).toContain('fleet-exists');
  expect(await readFile(output, 'utf8')).toBe(written);
  expect(await site.files()).toEqual(before);
});
