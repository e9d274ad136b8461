/** The first line of a start: 1.5 and later print it (kanidmd's source; 1.2.0 recorded without). */
const ANNOUNCED = /^Starting Kanidmd \| version: (\S+)/;
/** Every version prints it at a start, later ones after the first line. A test of a file says "TEST configuration". */
const CONFIGURED = 'Starting kanidm with configuration: ';

/** The start of a process. `version`: as it says itself; null: it does not. */
export interface Start {
  readonly version: string | null;
}

/** Whether a line outside any span is the first one known of a start. Lines are given in their order. */
export class StartReader {
  /** A process has said its version and not yet its configuration: that line begins no other one. */
  private announced = false;

  /** @returns the start this line begins; null: none. */
  read(message: string): Start | null {
    const version = ANNOUNCED.exec(message)?.[1];
    if (version !== undefined) {
      this.announced = true;
      return { version };
    }
    if (!message.startsWith(CONFIGURED)) return null;
    const goesOn = this.announced;
    this.announced = false;
    return goesOn ? null : { version: null };
  }
}
