import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { FakeDeploys } from '../../../test/support/fake-deploys';
import { value } from '../../../test/support/results';
import { openJournal } from '../../engine/deploy/journal/journal';
import { JOURNAL_FORMAT } from '../../engine/deploy/journal/journal-entry';
import { ownMark } from '../../engine/storage/process-mark';
import { FleetTrust } from '../../engine/trust/fleet-trust';
import { guardEngine } from '../../engine/trust/guard-engine';
import { run } from '../run';
import { plain } from '../text/paint';

/* The command line over the real engine, and servers in memory. */

vi.mock(import('node:fs/promises'), async (original) => {
  const real = await original();
  return { ...real, readFile: vi.fn(real.readFile) as typeof real.readFile };
});

let fleet: FakeDeploys | null = null;
afterEach(async () => {
  await fleet?.close();
  fleet = null;
});

const fresh = (domain: string) => ({ domain, tables: null });

/** Two servers in memory, their fleet file, and the command line in front of both. */
async function scene() {
  fleet = await FakeDeploys.of({ 'idm-a': fresh('a'), 'idm-b': fresh('b') }, [['idm-a', 'idm-b']]);
  const { configDir, engine, clock } = fleet;
  const file = join(configDir, 'fleet.toml');
  await writeFile(file, fleet.text.text);
  const call = async (line: string) => {
    const out: string[] = [];
    const outside = {
      print: (text: string) => void out.push(text),
      say: (text: string) => void out.push(text),
      version: '1.2.3',
    };
    const guarded = guardEngine(
      { ...engine, close: () => Promise.resolve() },
      new FleetTrust({ home: configDir, configDir, log: () => undefined }),
      () => Promise.resolve(true),
      () => clock.now(),
    );
    const world = {
      ...{ ...outside, engine: guarded, paint: plain, paintSaid: plain, interactive: false, columns: null },
      askLine: () => Promise.resolve(null),
      signal: new AbortController().signal,
      env: {},
      now: () => clock.now(),
    };
    const code = await run([...line.split(' '), file], { ...outside, open: () => world });
    return { code, out: out.join('\n') };
  };
  return { fleet, call };
}

/** How often each journal was opened since. */
function opened(): Record<string, number> {
  const times: Record<string, number> = {};
  for (const [path] of vi.mocked(readFile).mock.calls) {
    const [, deploy] = /\/deploys\/([^/]+)\/journal\.jsonl$/.exec(String(path)) ?? [];
    if (deploy !== undefined) times[deploy] = (times[deploy] ?? 0) + 1;
  }
  return times;
}

/** Begins the journal of an earlier deploy by a program that is gone. @param whole it also says how that ended. */
async function past({ fleet }: Awaited<ReturnType<typeof scene>>, whole: boolean): Promise<string> {
  const journal = value(await openJournal(fleet.configDir, fleet.clock));
  await journal.write({
    ...{
      kind: 'deploy',
      format: JOURNAL_FORMAT,
      deploy: journal.deploy,
      lock: journal.deploy,
      purpose: 'apply',
    },
    ...{ of: null, fingerprint: 'f', erase: [], steps: [], who: 'somebody', host: 'desk' },
    ...{ fleet: { path: join(fleet.configDir, 'fleet.toml'), name: 'Home', sha256: '' }, pid: process.pid },
    // Its number is another process's now.
    process: { ...(await ownMark(fleet.configDir)), started: '1' },
  });
  if (whole) await journal.write({ kind: 'finished', outcome: 'done', problems: [] });
  await journal.close();
  return journal.deploy;
}

it('one apply opens the journal of every earlier deploy once', async () => {
  const it = await scene();
  const [one, two] = [await past(it, true), await past(it, true)];
  vi.mocked(readFile).mockClear();
  const { code, out } = await it.call('apply --yes --erase idm-b');
  expect(code, out).toBe(0);
  expect(opened()).toEqual({ [one]: 1, [two]: 1 });
});

it('after an interrupted deploy nothing else is planned, and no server is asked', async () => {
  const it = await scene();
  const deploy = await past(it, false);
  for (const line of ['apply --yes --erase idm-b', 'renew --server idm-a --yes']) {
    const { code, out } = await it.call(line);
    expect(code).toBe(1);
    expect(out).toContain('Refused: nothing was changed.');
    expect(out).toContain(deploy);
    expect(out).toContain('kanilink resume FLEET');
  }
  expect(it.fleet.servers.flatMap(({ asked }) => asked)).toEqual([]);
});

it('nor while the journal of an earlier deploy cannot be read, until a person says that it is over', async () => {
  const it = await scene();
  const deploy = await past(it, false);
  await writeFile(join(it.fleet.configDir, 'deploys', deploy, 'journal.jsonl'), '{"format":99}\n');
  const held = await it.call('apply --yes --erase idm-b');
  expect(held.code).toBe(1);
  expect(held.out).toMatch(/cannot be read[^]*--not-running/);
  expect(it.fleet.servers.flatMap(({ asked }) => asked)).toEqual([]);
  expect(await it.call('apply --yes --erase idm-b --not-running')).toMatchObject({ code: 0 });
});
