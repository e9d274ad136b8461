import type { Bridge, FromWindow } from '../../shared/ipc';

/** A bridge for tests: keeps what the window sends, and says what the test wants said. */
export class RecordedBridge implements Bridge {
  readonly sent: FromWindow[] = [];
  #receive: (message: unknown) => void = () => undefined;

  send(message: FromWindow): void {
    this.sent.push(message);
  }

  listen(receive: (message: unknown) => void): () => void {
    this.#receive = receive;
    return () => undefined;
  }

  /** Sends the window a message, in or out of the contract. */
  say(message: unknown): void {
    this.#receive(message);
  }

  /** The newest message of a kind. */
  last<K extends FromWindow['kind']>(kind: K): Extract<FromWindow, { kind: K }> {
    for (const message of this.sent.toReversed()) if (isOf(message, kind)) return message;
    throw new Error(`the window sent no “${kind}”`);
  }

  /** Answers the newest question of this name as the engine would; `value` is the value of a good result. */
  answer(name: string, value: unknown): void {
    for (const message of this.sent.toReversed())
      if (message.kind === 'ask' && message.name === name)
        return this.say({ kind: 'answer', id: message.id, answer: { ok: true, value } });
    throw new Error(`the window did not ask “${name}”`);
  }
}

const isOf = <K extends FromWindow['kind']>(
  message: FromWindow,
  kind: K,
): message is Extract<FromWindow, { kind: K }> => message.kind === kind;
