import { expect, it, vi } from 'vitest';
import { fakeFleet } from '../../../../test/support/fake-fleet';
import { createEngine } from '../../create-engine';
import { readDeploys } from '../journal/read-journal';
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

async function outcomeOf(engine: Engine, fleet: ReturnType<typeof fakeFleet>) {
  const consent = { fingerprint: null, erase: ['idm-b'] };
  for await (const event of engine.deploy(fleet.text, consent, new AbortController().signal))
    if (event.kind === 'finished') return [event.outcome, ...event.problems.map((it) => it.code)];
  return null;
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
