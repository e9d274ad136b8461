import { expect, it } from 'vitest';
import { fakeFleet } from '../../../test/support/fake-fleet';
import { ok } from '../../../shared/base/result';
import type { FileOnDisk } from '../../../shared/ipc';
import { loadFleet } from './fleet-argument';
import { followFleet } from './followed-fleet';
import type { World } from './world';

const PATH = '/fleets/home.toml';
const [one, two] = [fakeFleet({ 'idm-a': [] }), fakeFleet({ 'idm-a': [], 'idm-b': [] })].map(
  ({ text }) => text.text,
) as [string, string];

/** What became of a file that had these texts, one after the other. */
async function turnsOf(...texts: readonly string[]): Promise<readonly string[]> {
  let text = one;
  const engine = {
    loadFleet: () => Promise.resolve(ok({ path: PATH, text, trusted: true })),
    async *watchFile(): AsyncIterable<FileOnDisk> {
      for (const next of [one, ...texts]) {
        text = next;
        yield await Promise.resolve({ kind: 'text', text });
      }
    },
  };
  const world = { engine, say: () => undefined, signal: new AbortController().signal } as unknown as World;
  const used = await loadFleet(PATH, world);
  if (!used.ok) throw new Error('it is a fleet');
  const turns: string[] = [];
  for await (const turn of followFleet(used, world))
    turns.push(
      turn.kind === 'kept' ? 'kept' : `${turn.isNew ? 'new' : 'again'} ${turn.fleet.fleet.servers.length}`,
    );
  return turns;
}

it('is taken where it means something else, and a comment is nothing', async () => {
  expect(await turnsOf()).toEqual([]);
  expect(await turnsOf(`# a comment\n${one}`, one)).toEqual([]);
  expect(await turnsOf(two, `# a comment\n${two}`, one)).toEqual(['new 2', 'new 1']);
});

it('is kept while it is broken, and what is right again is told once', async () => {
  expect(await turnsOf('version = ', 'version = 3', `# mended\n${one}`, one)).toEqual([
    'kept',
    'kept',
    'again 1',
  ]);
  expect(await turnsOf('version = ', two)).toEqual(['kept', 'new 2']);
});
