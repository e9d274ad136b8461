/** The label of everything Kanilink makes on an engine. In a module of its own: both who makes and who sweeps read it. */
export const LABEL = 'org.kanilink';
