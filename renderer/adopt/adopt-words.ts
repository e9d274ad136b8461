import type { DrawnLink } from '../../shared/fleet/adopt/draw-fleet';

/** A found link in words: `both pull from each other`. */
export function linkWords({ supplier, consumer, mutual, automaticRefresh }: DrawnLink): string {
  const pulls = mutual
    ? 'both pull from each other'
    : `${consumer} pulls from ${supplier}, not the other way`;
  return automaticRefresh ? `${pulls}; ${consumer} refreshes itself` : pulls;
}

/** How its direction is known. */
export const reasonWords = (because: DrawnLink['because']): string => reasons[because];

const reasons: Readonly<Record<DrawnLink['because'], string>> = {
  'automatic-refresh': 'known by automatic_refresh',
  type: 'known by who pulls and who allows it',
  'other-links': 'the other links leave no other way',
  primary: 'as you said',
};
