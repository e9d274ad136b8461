import type { Prompter, SecretQuestion } from '../../engine/connect/connection';
import { onOneLine } from '../../../shared/base/escape-controls';
import { messageAndFix } from '../../../shared/base/sentences';
import { askProgram, type Asked } from './ask-program';
import type { TrustTerminal } from '../base/trust';
import { hostKeyText } from '../text/host-key';

/** What asking needs from outside. */
export interface AskOptions {
  /** The program of KANILINK_ASK; null: the terminal is asked. */
  readonly program: string | null;
  /** Reads a line without echo; null when there is no terminal or the person gave up. */
  readonly readSecret: (prompt: string, signal: AbortSignal) => Promise<string | null>;
  /** Standard error. */
  readonly say: (text: string) => void;
  /** Milliseconds the program may take. */
  readonly limitMs: number;
}

/**
 * The person at a terminal, or the program that answers for one (`design.md`, "The seam to a server"). Questions of
 * several servers come one after the other. An unknown host key is never accepted by a keystroke: it fails, and the
 * command that would accept it is printed.
 */
export function createPrompter(options: AskOptions): Prompter & Pick<TrustTerminal, 'askProgram'> {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(ask: () => Promise<T>): Promise<T> => {
    const turn = last.then(ask, ask);
    last = turn.catch(() => undefined);
    return turn;
  };
  const fromProgram = async (kind: Asked, subject: string, signal: AbortSignal): Promise<string | null> => {
    if (options.program === null) return null;
    const answer = await askProgram(options.program, [kind, onOneLine(subject)], options.limitMs, signal);
    if (answer.ok) return answer.value;
    options.say(messageAndFix(answer.error));
    return null;
  };
  return {
    askProgram:
      options.program === null
        ? undefined
        : (path, signal) => inTurn(() => fromProgram('trust', path, signal)),
    acceptHostKey: (question, signal) =>
      inTurn(async () => {
        if (options.program !== null) {
          const subject = `${question.host} ${question.keyType} ${question.fingerprint}`;
          if ((await fromProgram('host-key', subject, signal)) === 'yes') return true;
        }
        options.say(hostKeyText(question));
        return false;
      }),
    acceptBareEngine: ({ server, endpoint }, signal) =>
      inTurn(async () => {
        if ((await fromProgram('bare-engine', endpoint, signal)) === 'yes') return true;
        options.say(bareEngineText(server, endpoint));
        return false;
      }),
    secret: (question, signal) =>
      inTurn(async () => {
        if (signal.aborted) return null;
        if (options.program !== null) return fromProgram(question.kind, subjectOf(question), signal);
        return options.readSecret(secretPrompt(question), signal);
      }),
  };
}

const bareEngineText = (server: string, endpoint: string): string =>
  `${server}: the Docker Engine at ${endpoint} has no TLS: anyone who can reach it is root there, and nothing proves who answers.
  Protect it with --tlsverify, or use ssh://user@host. To use it as it is, let the program in KANILINK_ASK answer
  "bare-engine" with "yes".`;

/** A program must know both who is asked and for what. */
const subjectOf = ({ kind, subject, prompt }: SecretQuestion): string =>
  kind === 'answer' ? `${subject} ${prompt ?? ''}` : subject;

const secretPrompt = ({ server, kind, subject, prompt, attempt }: SecretQuestion): string => {
  const again = attempt > 1 ? 'That was not it. ' : '';
  if (kind === 'answer') return `${again}${server} asks ${subject}: ${prompt ?? ''} `;
  return `${again}${server}: ${kind} ${kind === 'password' ? 'of' : 'for'} ${subject}: `;
};
