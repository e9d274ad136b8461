/** Lines that are read back at once, of all servers together. */
export const MOST_OLDER_LINES = 5000;
/** The characters of these lines, as the servers wrote them. */
export const MOST_OLDER_CHARACTERS = 4_000_000;
