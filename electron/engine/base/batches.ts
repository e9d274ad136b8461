/** What comes in batches, one by one. Where a million come, the batches themselves are far cheaper to pass on. */
export async function* each<T>(batches: AsyncIterable<readonly T[]>): AsyncGenerator<T, void, undefined> {
  for await (const batch of batches) yield* batch;
}

/** Each item as a batch of its own. */
export async function* alone<T>(items: AsyncIterable<T>): AsyncGenerator<readonly T[], void, undefined> {
  for await (const item of items) yield [item];
}
