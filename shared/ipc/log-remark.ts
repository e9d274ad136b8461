/** Keys of the lines that Kanilink itself writes into a merged log (`LogLineView.key`). */

const UNREAD = 'unread/';
const GAP = 'gap/';
const MORE = 'more/';
const LACKING = 'lacking/';

/**
 * That a server's log cannot be read. The same one again, with nothing of that server between, takes the place of the one
 * before: what stays so is one line.
 * @param code of the fault.
 */
export const unreadKey = (code: string): string => `${UNREAD}${code}`;

/** That there are more lines than are told at once. @param at of the last one that was told */
export const moreKey = (at: number): string => `${MORE}${at}`;

/** That lines came faster than they could be read, and are not here. @param at our clock, milliseconds */
export const lackingKey = (at: number): string => `${LACKING}${at}`;

/** Whether a line says that a log cannot be read. */
export const isUnread = ({ key }: { readonly key: string }): boolean => key.startsWith(UNREAD);

/** That lines may be missing. @param after the key of the line before. */
export const gapKey = (after: string, reason: string): string => `${GAP}${after}/${reason.slice(0, 200)}`;

/** Whether Kanilink wrote the line. */
export const isRemark = ({ key }: { readonly key: string }): boolean =>
  [UNREAD, GAP, MORE, LACKING].some((kind) => key.startsWith(kind));
