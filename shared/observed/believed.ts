/*
 * How long the window believes the newest status report. One rule of two processes: the engine repeats an unchanged report
 * well before the window stops believing it, so silence means that nothing is known (`design.md`, "Health, honestly").
 */

/** The window believes a report for so long, in milliseconds. Older, it proves nothing any more. */
export const BELIEVED_FOR = 30_000;

/** The engine says an unchanged report again after so long, in milliseconds: two repeats may be late or lost. */
export const REPEAT_EVERY = BELIEVED_FOR / 3;
