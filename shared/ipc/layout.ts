import { z } from 'zod';
import { viewIds, isViewAt, type ViewAt } from './commands';
import { foldable } from './foldable';
import { levelIds } from './log-levels';

const pixels = z.number().int().min(0).max(4000);
const parts = z.array(z.enum(foldable)).max(foldable.length).readonly();
const panels = viewIds.filter((id): id is ViewAt<'panel'> => isViewAt(id, 'panel'));
const stages = viewIds.filter((id): id is ViewAt<'stage'> => isViewAt(id, 'stage'));

/** How a person has arranged the window; kept between starts. */
export const layout = z.object({
  /** Sizes of the parts around the canvas, pixels. */
  fleet: pixels,
  inspector: pixels,
  details: pixels,
  /** The parts that are folded in a window with room, and in one without. */
  folded: parts,
  foldedSmall: parts,
  tab: z.enum(panels),
  stage: z.enum(stages),
  logLevel: z.enum(levelIds),
});
export type Layout = Readonly<z.output<typeof layout>>;
