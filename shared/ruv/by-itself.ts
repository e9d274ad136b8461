/** Minutes between two looks at the RUVs of a fleet that is watched, where nobody says otherwise. */
export const RUV_EVERY = 60;

/**
 * Databases up to this are read without being asked for it; bytes. kanidmd holds the write lock of one of 28 MB, which are
 * 10,000 entries, for 0.2 s, and of one of 84 MB for 1.1 s (measured, decision 62).
 */
export const RUV_LARGEST = 32_000_000;

/**
 * A database up to this is read after a start of its server, for only then an older copy may be there, or of a partner, for
 * what that one made before only it knows; not twice in `RUV_STARTED_EVERY`; bytes. The longest wait of a change was 1.7 s at 84 MB (the same measurement), of the 5 s for which kanidmd waits.
 */
export const RUV_LARGEST_STARTED = 100_000_000;

/** Between two such looks at one server, whatever it does: one that the look ends is not ended by it again and again. Milliseconds. */
export const RUV_STARTED_EVERY = 6 * 3_600_000;

/**
 * A container with less memory than this is not asked for it: a look takes 111 MB of it beside kanidmd for a database of 28 MB, and 252
 * MB for one of 84 MB (the same measurement). Bytes.
 * @param size of the database
 */
export const ruvLeastMemory = (size: number): number =>
  512_000_000 + (size > RUV_LARGEST ? 3 * (size - RUV_LARGEST) : 0);

/** How RUVs are looked at while a fleet is watched. */
export interface RuvTurn {
  /** Between two looks, milliseconds; 0: never. */
  readonly everyMs: number;
  /** A larger database is left out, but for `RUV_LARGEST_STARTED`; bytes. Null: none is, as a person asked. */
  readonly largest: number | null;
}

/** Without being asked. @param minutes between two looks; 0: never */
export const ruvByItself = (minutes: number): RuvTurn => ({
  everyMs: minutes * 60_000,
  largest: RUV_LARGEST,
});
