import { z } from 'zod';
import { shown } from '../base/shown';

const said = {
  /** One sentence. */
  cause: shown,
  /** One sentence: what to do; empty when nothing is to be done. */
  fix: shown,
};

/** What a look at a server's RUV found. `went-back`: it lacks changes that it made itself; `unknown`: it was not read. */
export const ruvState = z.enum(['read', 'went-back', 'unknown']);

/** What a server's RUV says of it. */
const serverRuv = z
  .object({
    server: z.string(),
    state: ruvState,
    ...said,
    /** ISO 8601, this computer's clock: when it was read. */
    at: z.string(),
    /** When it made its newest change, ISO 8601, by its own clock; null: not known. */
    newest: z.string().nullable(),
    /** It went back and was refreshed since, and was not read after that. */
    refreshed: z.literal(true).exactOptional(),
    /** Why it was not read, as the code of a fault; absent: it was. */
    code: z.string().max(64).exactOptional(),
    /** It started since it was read or met, and is read only when somebody asks: whether it went back is not known. */
    restarted: z.literal(true).exactOptional(),
  })
  .readonly();
export type ServerRuv = z.output<typeof serverRuv>;

/** How far a consumer is behind its supplier. */
const pullLag = z
  .object({
    consumer: z.string(),
    supplier: z.string(),
    /** Changes that the supplier knows and the consumer lacks, kanidmd's own marks of every ten minutes among them; null: not known. */
    changes: z.number().int().min(0).nullable(),
    /** Age of the oldest of them, by the supplier's clock; 0: none is missing. */
    seconds: z.number().min(0).nullable(),
    ...said,
  })
  .readonly();
export type PullLag = z.output<typeof pullLag>;

/** What the RUVs of a fleet say. They are read one after the other, so a change of that moment may count as missing. */
export const ruvReport = z
  .object({
    servers: z.array(serverRuv).readonly(),
    /** Of pulls that run. */
    pulls: z.array(pullLag).readonly(),
  })
  .readonly();
export type RuvReport = z.output<typeof ruvReport>;

/** Between two looks at the RUVs of a fleet that is watched, minutes; 0: none. */
export const ruvEvery = z.int().min(0).max(10_080);
