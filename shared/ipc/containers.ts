import { z } from 'zod';

/** A container that an engine has, for "add server". */
export interface FoundContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  /** Its command or image says that it runs kanidmd. */
  readonly isKanidmd: boolean;
  /** What its kanidmd says it is, else what the image's tag says; null: unknown. */
  readonly version: string | null;
  readonly state: string;
  /** `8443:443`, host and container side; with the host's address where it is not every one. */
  readonly ports: readonly string[];
}

/** A Docker context of the person's, for "add server". */
export interface FoundContext {
  readonly name: string;
  readonly endpoint: string;
}

export const foundContainer = z.object({
  id: z.string(),
  name: z.string(),
  image: z.string(),
  isKanidmd: z.boolean(),
  version: z.string().nullable(),
  state: z.string(),
  ports: z.array(z.string()),
}) satisfies z.ZodType<FoundContainer>;

export const foundContext = z.object({
  name: z.string(),
  endpoint: z.string(),
}) satisfies z.ZodType<FoundContext>;
