import { z } from 'zod';

/** Lines of one server's log that prove what is said of a pull or a server. */
export const proof = z
  .object({
    server: z.string(),
    /** The span whose lines they are; null: they stand by themselves. */
    span: z.string().max(100).nullable(),
    /** When the line was written, microseconds by that server's clock; null: the newest that it wrote. Of a span: its end. */
    at: z.number().nullable(),
  })
  .readonly();
export type Proof = z.output<typeof proof>;

/** What a server that does not answer wrote last. */
export const lastWordsOf = (server: string): Proof => ({ server, span: null, at: null });

/** Each once, in their order. */
export const distinctProofs = (proofs: readonly Proof[]): readonly Proof[] => [
  ...new Map(proofs.map((it) => [`${it.server} ${it.span ?? it.at ?? ''}`, it])).values(),
];
