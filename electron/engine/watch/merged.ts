/** A stream's next batch, and how far it was passed on. */
interface Head<T> {
  readonly reader: AsyncIterator<readonly T[]>;
  readonly items: readonly T[];
  at: number;
}

/**
 * Several streams, each in order, as one in order. Of each stream one batch is held, so that however long they are,
 * nothing piles up: the slowest is waited for.
 * @param timeOf what they are ordered by; equal ones come in the streams' order.
 */
export async function* merged<T>(
  streams: readonly AsyncIterable<readonly T[]>[],
  timeOf: (item: T) => number,
): AsyncGenerator<readonly T[]> {
  const readers = streams.map((stream) => stream[Symbol.asyncIterator]());
  /** Null: the stream is over. */
  const headOf = async (reader: AsyncIterator<readonly T[]>): Promise<Head<T> | null> => {
    for (;;) {
      const next = await reader.next();
      if (next.done === true) return null;
      if (next.value.length > 0) return { reader, items: next.value, at: 0 };
    }
  };
  try {
    const heads = await Promise.all(readers.map(headOf));
    for (let ready: T[] = []; ;) {
      let earliest: { readonly head: Head<T>; readonly item: T; readonly time: number } | null = null;
      for (const head of heads) {
        const item = head?.items[head.at];
        if (head === null || item === undefined) continue;
        const time = timeOf(item);
        if (earliest === null || time < earliest.time) earliest = { head, item, time };
      }
      if (earliest === null) return;
      const { head, item } = earliest;
      ready.push(item);
      head.at += 1;
      if (head.at < head.items.length) continue;
      yield ready;
      ready = [];
      heads[heads.indexOf(head)] = await headOf(head.reader);
    }
  } finally {
    await Promise.allSettled(readers.map(async (reader) => reader.return?.()));
  }
}
