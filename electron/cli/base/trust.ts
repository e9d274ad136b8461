import { trustWords } from '../../../shared/fleet/model/trust';
import type { AskTrust } from '../../engine/trust/guard-engine';

/** What asking for trust needs of the terminal. */
export interface TrustTerminal {
  /** `--trust`, or `kanilink trust FLEET --yes`: what the file uses is said, not asked. */
  readonly agreed: boolean;
  readonly say: (text: string) => void;
  /** Asks the program of KANILINK_ASK; absent: there is none, and the terminal is asked. Null: it gave no answer. */
  readonly askProgram?: ((subject: string, signal: AbortSignal) => Promise<string | null>) | undefined;
  /** Null: there is no terminal. */
  readonly askLine: (question: string) => Promise<string | null>;
}

/**
 * Asks the program of KANILINK_ASK or the person at the terminal whether to trust a fleet file; without either the answer is
 * no.
 */
export function askTrust({ agreed, say, askProgram, askLine }: TrustTerminal): AskTrust {
  return async (question, signal) => {
    const { title, lines } = trustWords(question);
    if (agreed) {
      say(['Trusting this fleet file, as you asked.', ...lines.slice(0, -2)].join('\n'));
      return true;
    }
    if (askProgram !== undefined) return (await askProgram(question.path ?? title, signal)) === 'yes';
    const answer = await askLine(`${[title, ...lines].join('\n')}\nType yes to trust it: `);
    return answer?.trim() === 'yes';
  };
}
