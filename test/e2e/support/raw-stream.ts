import type { Page } from 'playwright';

/** A stream of the page's bridge that takes what it is told to take, and no more. */
export interface RawStream {
  /** What came so far. */
  got(): Promise<{ readonly batches: number; readonly texts: readonly string[] }>;
  grant(batches: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens one beside those of the window. @param credit how many batches it takes at first. */
export async function openRawStream(
  page: Page,
  name: string,
  question: object,
  credit: number,
): Promise<RawStream> {
  const stream = await page.evaluateHandle(
    ([streamName, asked, first]) => {
      const { kanilink } = globalThis as unknown as { kanilink: Bridge };
      const id = `raw-${Math.random()}`;
      const told = { id, batches: 0, texts: [] as string[], stop: (): void => undefined };
      told.stop = kanilink.listen((message) => {
        if (message.kind !== 'items' || message.id !== id) return;
        told.batches += 1;
        for (const { meaning, raw } of message.items ?? []) told.texts.push(`${meaning} ${raw} `);
      });
      kanilink.send({ kind: 'open', id, name: streamName, question: asked });
      kanilink.send({ kind: 'credit', id, batches: first });
      return told;
    },
    [name, question, credit] as const,
  );
  return {
    got: () => stream.evaluate(({ batches, texts }) => ({ batches, texts })),
    grant: (batches) =>
      stream.evaluate(({ id }, more) => {
        (globalThis as unknown as { kanilink: Bridge }).kanilink.send({ kind: 'credit', id, batches: more });
      }, batches),
    close: () =>
      stream.evaluate(({ id, stop }) => {
        stop();
        (globalThis as unknown as { kanilink: Bridge }).kanilink.send({ kind: 'cancel', id });
      }),
  };
}

/** What a page has of the bridge. */
interface Bridge {
  send(message: object): void;
  listen(
    receive: (message: {
      readonly kind: string;
      readonly id: string;
      readonly items?: readonly { readonly meaning: string; readonly raw: string }[];
    }) => void,
  ): () => void;
}
