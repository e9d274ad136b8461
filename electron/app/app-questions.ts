import { dialog, type BrowserWindow } from 'electron';
import { trustQuestion, trustWords, type TrustQuestion } from '../../shared/fleet/model/trust';
import { questions, type ToWindow } from '../../shared/ipc';

/** Puts one question to the person. @param signal the question is withdrawn: nothing is to be answered any more */
export type Ask = (question: TrustQuestion, signal: AbortSignal) => Promise<boolean>;

/**
 * The engine's questions that the app asks in a dialog of its own. The page never gets them and cannot answer them:
 * otherwise an intruder in the page could give consent in the person's place.
 */
export class AppQuestions {
  readonly #open = new Map<string, AbortController>();
  readonly #ask: Ask;
  readonly #reply: (id: string, answer: unknown) => void;

  constructor(ask: Ask, reply: (id: string, answer: unknown) => void) {
    this.#ask = ask;
    this.#reply = reply;
  }

  /** Takes a message of the engine's. @returns false when it is not for the app */
  take(message: ToWindow): boolean {
    if (message.kind === 'withdrawn') return this.#withdraw(message.id);
    if (!isForApp(message)) return false;
    const { id } = message;
    const question = trustQuestion.safeParse(message.question);
    if (!question.success) {
      this.#reply(id, { accept: false });
      return true;
    }
    const withdrawn = new AbortController();
    this.#open.set(id, withdrawn);
    void this.#ask(question.data, withdrawn.signal)
      .catch(() => false)
      .then((accept) => {
        if (this.#open.delete(id)) this.#reply(id, { accept });
      });
    return true;
  }

  /** Is this question on the screen? */
  has(id: string): boolean {
    return this.#open.has(id);
  }

  #withdraw(id: string): boolean {
    const asked = this.#open.get(id);
    this.#open.delete(id);
    asked?.abort();
    return asked !== undefined;
  }
}

/** Is this a question that the page must not see? */
export const isForApp = (message: ToWindow): message is ToWindow & { kind: 'question' } =>
  message.kind === 'question' && questions[message.name].by === 'app';

/** “Trust this fleet file?”, in the system's own dialog. Declining is what Enter and Escape do. */
export function askTrust(window: BrowserWindow): Ask {
  return async (question, signal) => {
    if (signal.aborted || window.isDestroyed()) return false;
    const { title, lines } = trustWords(question);
    const { response } = await dialog.showMessageBox(window, {
      type: 'warning',
      title: 'Kanilink',
      message: title,
      detail: lines.join('\n'),
      buttons: ['Don’t trust it', 'Trust and connect'],
      defaultId: 0,
      cancelId: 0,
      noLink: true,
      signal,
    });
    return response === 1;
  };
}
