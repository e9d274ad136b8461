import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { each } from '../base/batches';
import { merged } from './merged';

/** A stream in order, in batches of these sizes; an item is its time and its place. */
type Item = readonly [time: number, place: string];
async function* streamOf(name: number, batches: readonly number[]): AsyncIterable<readonly Item[]> {
  let time = 0;
  let place = 0;
  for (const size of batches)
    yield await Promise.resolve(
      Array.from({ length: size }, (): Item => [(time += (place + name) % 3), `${name}/${(place += 1)}`]),
    );
}

it('streams come as one in order, whatever batches they come in', async () => {
  const sizes = fc.array(fc.nat(5), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.array(sizes, { maxLength: 4 }), async (streams) => {
      const all: Item[] = [];
      for (const [name, batches] of streams.entries())
        for await (const item of each(streamOf(name, batches))) all.push(item);
      const got: Item[] = [];
      const one = merged(
        streams.map((batches, name) => streamOf(name, batches)),
        ([time]) => time,
      );
      for await (const item of each(one)) got.push(item);
      // Equal times stay in the order of the streams: a sort that keeps the order of equal ones.
      expect(got).toEqual(all.sort(([a], [b]) => a - b));
    }),
  );
});

it('what is in order is passed on before the next batch comes, and every stream is left in the end', async () => {
  const left: string[] = [];
  const stream = async function* (name: string, times: readonly number[]) {
    try {
      yield times;
      await new Promise(() => undefined);
    } finally {
      left.push(name);
    }
  };
  const quick = async function* () {
    try {
      yield [1, 3];
      yield [4];
    } finally {
      left.push('quick');
    }
  };
  const one = merged([stream('a', [2]), quick()], (time) => time);
  expect((await one.next()).value).toEqual([1, 2]);
  const two = merged([quick(), quick()], (time) => time);
  for await (const batch of two) if (batch.includes(3)) break;
  expect(left).toEqual(['quick', 'quick']);
});
