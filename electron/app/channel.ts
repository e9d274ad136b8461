/** The only IPC channel; all messages of the contract go through it. */
export const CHANNEL = 'kanilink';
