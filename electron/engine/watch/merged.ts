/**
 * Several streams, each in order, as one in order. Of each stream one item is held, so that however long they are,
 * nothing piles up: the slowest is waited for.
 * @param timeOf what they are ordered by; equal ones come in the streams' order.
 */
export async function* merged<T>(
  streams: readonly AsyncIterable<T>[],
  timeOf: (item: T) => number,
): AsyncGenerator<T> {
  const readers = streams.map((stream) => stream[Symbol.asyncIterator]());
  try {
    const heads = await Promise.all(readers.map((reader) => reader.next()));
    for (;;) {
      let first = -1;
      let time = Infinity;
      heads.forEach((head, index) => {
        if (head.done === true) return;
        const at = timeOf(head.value);
        if (first < 0 || at < time) [first, time] = [index, at];
      });
      const head = heads[first];
      const reader = readers[first];
      if (head === undefined || head.done === true || reader === undefined) return;
      yield head.value;
      heads[first] = await reader.next();
    }
  } finally {
    await Promise.allSettled(readers.map(async (reader) => reader.return?.()));
  }
}
