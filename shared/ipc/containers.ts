import { z } from 'zod';

/** A container that an engine has, for "add server". */
export const foundContainer = z
  .object({
    id: z.string(),
    name: z.string(),
    image: z.string(),
    /** Its command or image says that it runs kanidmd. */
    isKanidmd: z.boolean(),
    /** What its kanidmd says it is, else what the image's tag says; null: unknown. */
    version: z.string().nullable(),
    state: z.string(),
    /** `8443:443`, host and container side; with the host's address where it is not every one. */
    ports: z.array(z.string()).readonly(),
  })
  .readonly();
export type FoundContainer = z.output<typeof foundContainer>;

/** A Docker context of the person's, for "add server". */
export const foundContext = z.object({ name: z.string(), endpoint: z.string() }).readonly();
export type FoundContext = z.output<typeof foundContext>;
