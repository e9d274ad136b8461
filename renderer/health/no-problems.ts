import { notReadWords } from '../live/summary';

/**
 * What stands where problems would be, when none is known. That there are none it says only of servers that are all read.
 *
 * @param refused why no server is read; null: they may be
 */
export function noProblems(
  refused: { readonly title: string; readonly text: string } | null,
  notRead: readonly string[],
): { readonly title: string; readonly text: string } {
  if (refused !== null) return refused;
  if (notRead.length > 0)
    return { title: 'No problems in the drawing', text: `${notReadWords(notRead)}: theirs are not known.` };
  return { title: 'No problems', text: '' };
}
