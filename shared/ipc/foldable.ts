/** The parts around the canvas, each of which folds. */
export const foldable = ['fleet', 'inspector', 'details'] as const;
export type Foldable = (typeof foldable)[number];
