import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { questions, type QuestionName, type ToWindow } from '../../../shared/ipc';
import type { TrustQuestion } from '../../../shared/fleet/model/trust';
import type { BareEngineQuestion, HostKeyQuestion, Prompter, SecretQuestion } from '../connect/connection';

/** A person at the window. Questions go out as messages; a reply answers one, an abort withdraws it. */
export class WindowPrompter implements Prompter {
  readonly #send: (message: ToWindow) => void;
  readonly #open = new Map<string, (answer: unknown) => void>();
  readonly #waitingChanged: ((waiting: boolean) => void)[] = [];
  readonly #declined = new Set<string>();

  constructor(send: (message: ToWindow) => void) {
    this.#send = send;
  }

  /** Is a question on the screen? Time limits stand still meanwhile. */
  get isAsked(): boolean {
    return this.#open.size > 0;
  }

  /** Tells when the first question appears and when the last one is gone. */
  onAsked(changed: (waiting: boolean) => void): void {
    this.#waitingChanged.push(changed);
  }

  /** The person looks again: what they said no to may be asked again. */
  forgetDeclined(): void {
    this.#declined.clear();
  }

  async acceptHostKey(question: HostKeyQuestion, signal: AbortSignal): Promise<boolean> {
    const { host, fingerprint } = question;
    return this.#unlessDeclined([host, fingerprint], signal, false, async () => {
      const answer = await this.#ask('host-key', questions['host-key'].answer, question, signal);
      return answer?.accept ?? false;
    });
  }

  async secret(question: SecretQuestion, signal: AbortSignal): Promise<string | null> {
    const { server, kind, subject, prompt = '' } = question;
    return this.#unlessDeclined([server, kind, subject, prompt], signal, null, async () => {
      const answer = await this.#ask('secret', questions.secret.answer, question, signal);
      return answer?.secret ?? null;
    });
  }

  async acceptBareEngine(question: BareEngineQuestion, signal: AbortSignal): Promise<boolean> {
    return this.#unlessDeclined(['bare-engine', question.endpoint], signal, false, async () => {
      const answer = await this.#ask('bare-engine', questions['bare-engine'].answer, question, signal);
      return answer?.accept ?? false;
    });
  }

  /** Asked again each time: it is asked when the person has opened the file, or pressed the button. */
  async trustFleet(question: TrustQuestion, signal: AbortSignal): Promise<boolean> {
    const answer = await this.#ask('trust-fleet', questions['trust-fleet'].answer, question, signal);
    return answer?.accept ?? false;
  }

  /** The window's reply. One that answers nothing (withdrawn meanwhile) is dropped. */
  reply(id: string, answer: unknown): void {
    this.#open.get(id)?.(answer);
  }

  /**
   * The watch tries a server again every few seconds; a person who said no must not be asked the same each time. A
   * question that was withdrawn was not answered.
   */
  async #unlessDeclined<A>(
    about: readonly string[],
    signal: AbortSignal,
    no: A,
    ask: () => Promise<A>,
  ): Promise<A> {
    const key = JSON.stringify(about);
    if (this.#declined.has(key)) return no;
    const answer = await ask();
    if (answer === no && !signal.aborted) this.#declined.add(key);
    return answer;
  }

  /** Null: withdrawn, or not an answer to this question. Both mean "no". */
  #ask<A>(
    name: QuestionName,
    schema: z.ZodType<A>,
    question: unknown,
    signal: AbortSignal,
  ): Promise<A | null> {
    if (signal.aborted) return Promise.resolve(null);
    const id = randomUUID();
    return new Promise((resolve) => {
      const close = (answer: A | null): void => {
        signal.removeEventListener('abort', withdraw);
        this.#open.delete(id);
        if (!this.isAsked) this.#tell(false);
        resolve(answer);
      };
      const withdraw = (): void => {
        this.#send({ kind: 'withdrawn', id });
        close(null);
      };
      signal.addEventListener('abort', withdraw, { once: true });
      this.#open.set(id, (answer) => close(schema.safeParse(answer).data ?? null));
      if (this.#open.size === 1) this.#tell(true);
      this.#send({ kind: 'question', id, name, question });
    });
  }

  #tell(waiting: boolean): void {
    for (const changed of this.#waitingChanged) changed(waiting);
  }
}
