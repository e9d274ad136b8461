import { causeNamed } from './causes';
import { NOT_LET_IN } from './causes/tls';
import type { Trouble } from './health';
import type { ReadLine } from './log-line';
import { quoted } from './span-text';

/** The span in which a supplier answers one consumer, where the level of its log lets it through (`kanidm.md`, "Rounds"). */
const ANSWER = 'handle_repl_conn';
/** Spans that are remembered: their lines come right after their heads. */
const MOST_ANSWERS = 200;
/** Without that span a line is of an answer by how it begins. */
const ofAnswers = /^(?:Replication |supplier )/;
const notLetIn = new RegExp(`^(?:${NOT_LET_IN})`);

/** The code of an error said while a consumer was answered, which no cause names. */
export const ANSWER_WITH_ERROR = 'answer-with-error';

/** Which lines of a log a server says while it answers a consumer. It names none of them. */
export class Answers {
  private readonly spans = new Set<string>();

  /** Remembers the span where this line is an answer's head. */
  push({ span, head, depth }: ReadLine): void {
    if (span === null || depth > 0 || head?.name !== ANSWER) return;
    this.spans.add(span);
    if (this.spans.size <= MOST_ANSWERS) return;
    const [oldest] = this.spans;
    if (oldest !== undefined) this.spans.delete(oldest);
  }

  /**
   * The trouble of an error that no cause names.
   * @returns null where it is not of an answer, or of a client that was not let in and so was answered nothing.
   */
  unnamed({ span, level, message }: ReadLine): Trouble | null {
    if (level !== 'error' || notLetIn.test(message)) return null;
    if (span === null ? !ofAnswers.test(message) : !this.spans.has(span)) return null;
    const { health, cause, fix } = causeNamed(ANSWER_WITH_ERROR);
    return {
      code: ANSWER_WITH_ERROR,
      health,
      cause: `${cause}: ${quoted(message)}`,
      fix,
      evidence: message.slice(0, 500),
    };
  }
}
