/** The only IPC channel; all messages of the contract go through it. */
export const CHANNEL = 'kanilink';

/** From the preload script alone: the path of a file that a person dropped on the window. The page cannot send on it. */
export const DROP_CHANNEL = 'kanilink-dropped';
