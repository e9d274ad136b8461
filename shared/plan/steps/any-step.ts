import { z } from 'zod';
import { ids } from '../../base/ids';
import { shown, shownDiff } from '../../base/shown';

/** What every kind of step has. A kind adds its `action` and its own fields (`steps/`). */
export const anyStep = {
  id: ids.step,
  server: ids.server,
  /** Steps that must be done before. */
  needs: z.array(ids.step).readonly(),
  /** What must hold right before, checked again then, in words. */
  requires: z.array(shown).readonly(),
  /** What it does, in one line. */
  summary: shown,
  /** Why it is needed, in one sentence. */
  why: shown,
  /** What can go wrong or is interrupted, in one sentence; empty when nothing is. */
  risk: shown,
  /** Unified diff, pins masked to fingerprints; empty when no file changes. */
  diff: shownDiff,
  /** Servers whose whole database this step may erase. Only those named by the operator are ever in a plan that runs. */
  erases: z.array(ids.server).readonly(),
} as const;

/** What a step has that starts a process. */
export const unreadFile = {
  /**
   * The whole server.toml it will read, certificates masked, where the process that runs has read another: beside the diff,
   * somebody's edits count from then on.
   */
  reads: shownDiff.exactOptional(),
} as const;

/** A value known now, or only after a step has run: the certificate of a server that has none yet. */
export const later = <T extends z.ZodType>(value: T) =>
  z.union([z.object({ known: value }).readonly(), z.object({ after: ids.step }).readonly()]);
export type Later<T> = { readonly known: T } | { readonly after: z.output<typeof ids.step> };
