import { z } from 'zod';
import { shown, shownOnOneLine } from './shown';

/** A fault as its schema. What makes and tells faults (`result.ts`) needs its types alone. */

/** Where something happened. Every part is optional; what is known is filled in. */
export const place = z
  .object({
    /** The fleet's id of the server. */
    server: z.string().exactOptional(),
    /** A file, on the server when `server` is set, else on this machine. */
    file: shownOnOneLine.exactOptional(),
    /** 1-based. */
    line: z.number().exactOptional(),
    /** 1-based, in characters. */
    column: z.number().exactOptional(),
    /** A field or table: `server[2].origin`. */
    field: shownOnOneLine.exactOptional(),
    /** `idm-a → idm-b` for a link, `idm-b ← idm-a` for a pull. */
    link: shownOnOneLine.exactOptional(),
  })
  .readonly();
export type Place = z.output<typeof place>;

/** What went wrong, in words for the person who has to do something about it. */
export const fault = z
  .object({
    /** Stable, kebab-case, for tests and machines: `host-key-changed`. */
    code: z.string(),
    /** One sentence: what happened. */
    message: shown,
    /** One sentence: what to do now. */
    fix: shown,
    /** Evidence, several lines allowed, never a secret: the program's own words, a fingerprint. */
    detail: shown.exactOptional(),
    where: place,
  })
  .readonly();
export type Fault = z.output<typeof fault>;
