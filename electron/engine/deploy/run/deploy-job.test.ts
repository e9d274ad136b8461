import { expect, it, vi } from 'vitest';
import { fakeFleet } from '../../../../test/support/fake-fleet';
import { value } from '../../../../test/support/results';
import { createEngine } from '../../create-engine';
import { readDeploys } from '../journal/read-journal';
import type { Consent } from '../../api/consent';
import type { Engine } from '../../api/engine';
import { inOwnFolder } from '../../../../test/support/own-folder';

vi.mock(import('../journal/read-journal'), async (original) => {
  const real = await original();
  return { ...real, readDeploys: vi.fn(real.readDeploys) };
});

let configDir: string;
inOwnFolder('job', (made) => {
  configDir = made;
  vi.mocked(readDeploys).mockClear();
});

/** An engine of two servers in memory that are to be linked, and of which nobody gets a lock. */
function locked() {
  const fleet = fakeFleet(
    { 'idm-a': [], 'idm-b': [] },
    [['idm-a', 'idm-b']],
    () => (asked) =>
      asked === 'lock' ? { fails: { code: 'locked', message: '', fix: '', where: {} } } : null,
  );
  const engine = createEngine({
    ...{ home: configDir, env: {}, configDir, log: () => undefined, practiceProgram: [] },
    prompter: { acceptHostKey: async () => false, secret: async () => null },
    open: fleet.open,
  });
  return { fleet, engine };
}

async function outcomeOf(
  engine: Engine,
  { text }: Pick<ReturnType<typeof fakeFleet>, 'text'>,
  consent: Partial<Consent> = {},
) {
  const ends: string[][] = [];
  const agreed = { fingerprint: null, erase: ['idm-b'], ...consent };
  for await (const event of engine.deploy(text, agreed, new AbortController().signal))
    if (event.kind === 'finished') ends.push([event.outcome, ...event.problems.map((it) => it.code)]);
  expect(ends).toHaveLength(1);
  return ends[0];
}

it('a deploy, the history and a word that none runs read the journals once each', async () => {
  const { fleet, engine } = locked();
  const reads: number[] = [];
  const counted = async (work: () => Promise<unknown>): Promise<void> => {
    vi.mocked(readDeploys).mockClear();
    await work();
    reads.push(vi.mocked(readDeploys).mock.calls.length);
  };
  await counted(async () => expect(await outcomeOf(engine, fleet)).toEqual(['refused', 'locked']));
  await counted(() => engine.pastDeploys(fleet.text));
  await counted(() => engine.notRunning(fleet.text));
  await counted(() => engine.plan(fleet.text, { signal: new AbortController().signal, timeoutMs: 9000 }));
  expect(reads).toEqual([1, 1, 1, 1]);
  await engine.close();
});

it('a plan that nobody reviewed is made from a look of the deploy’s own, a reviewed one from that which was reviewed', async () => {
  const { fleet, engine } = locked();
  const plan = value(
    await engine.plan(fleet.text, { signal: new AbortController().signal, timeoutMs: 9000 }),
  );
  const looks = (): number => fleet.count('idm-a')['facts'] ?? 0;
  const reviewed = looks();
  expect(await outcomeOf(engine, fleet, { fingerprint: plan.fingerprint })).toEqual(['refused', 'locked']);
  expect(looks()).toBe(reviewed);
  expect(await outcomeOf(engine, fleet)).toEqual(['refused', 'locked']);
  expect(looks()).toBeGreaterThan(reviewed);
  await engine.close();
});

it('a fleet file that cannot be used and a job that cannot be planned are refused with why, and end there', async () => {
  const { fleet, engine } = locked();
  const broken = { text: { ...fleet.text, text: 'version = ' } };
  expect((await outcomeOf(engine, broken))?.[0]).toBe('refused');
  const job = { kind: 'restart', server: 'idm-z' } as const;
  expect(await outcomeOf(engine, fleet, { job })).toEqual(['refused', 'no-such-server']);
  expect(fleet.servers.flatMap(({ asked }) => asked)).not.toContain('lock');
  await engine.close();
});
