/** Nested deeper than this no backup is: an entry's own values end at a depth of some ten. */
const DEEPEST = 64;
/** A text longer than this is no value of an entry: pictures have at most 256 KiB. Bytes. */
const LONGEST_TEXT = 16 * 1024 * 1024;
/** One entry, or one value beside the entries, beyond this is not held in memory. Bytes. */
const LARGEST_VALUE = 32 * 1024 * 1024;
/** Entries lie at this depth, in a list of the outermost object. */
const ENTRIES = 2;

const [QUOTE, ESCAPE, COMMA] = [0x22, 0x5c, 0x2c];
/** `{` and `[`; `}` and `]` are two beyond each. */
const [BRACE, BRACKET] = [0x7b, 0x5b];

/**
 * Looks at JSON byte by byte for what a parser would have to hold at once: depth, texts, single values. Holds nothing itself,
 * and does not judge whether it is JSON.
 */
export class JsonScan {
  private depth = 0;
  private inText = false;
  private escaped = false;
  private text = 0;
  private value = 0;

  /** @returns what is beyond a bound, in words; null: nothing so far. */
  push(bytes: Uint8Array): string | null {
    for (const byte of bytes) {
      this.value += 1;
      if (this.inText) {
        this.text += 1;
        if (this.escaped) this.escaped = false;
        else if (byte === ESCAPE) this.escaped = true;
        else if (byte === QUOTE) this.inText = false;
      } else if (byte === QUOTE) [this.inText, this.text] = [true, 0];
      else if (byte === BRACE || byte === BRACKET) {
        this.depth += 1;
        if (this.depth > DEEPEST) return `values lie more than ${DEEPEST} deep in each other`;
      } else if (byte === BRACE + 2 || byte === BRACKET + 2) {
        this.depth -= 1;
        if (this.depth <= ENTRIES) this.value = 0;
      } else if (byte === COMMA && this.depth <= ENTRIES) this.value = 0;
    }
    if (this.text > LONGEST_TEXT) return `one text has more than ${LONGEST_TEXT / MIB} MiB`;
    return this.value > LARGEST_VALUE ? `one entry has more than ${LARGEST_VALUE / MIB} MiB` : null;
  }
}

const MIB = 1024 * 1024;
