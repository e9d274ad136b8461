import type { FromWindow, ToWindow } from '../../shared/ipc';
import type { Fault } from '../../shared/base/result';

/**
 * What the window and the engine owe each other at this moment, so that neither waits for an answer when the other is
 * gone. Ids here are the engine's (`engineId`).
 */
export class OpenRequests {
  readonly #asks = new Set<string>();
  readonly #streams = new Map<string, string>();
  readonly #questions = new Map<string, ToWindow>();

  /** Notes what the window sends. */
  sent(message: FromWindow): void {
    if (message.kind === 'ask') this.#asks.add(message.id);
    else if (message.kind === 'open') this.#streams.set(message.id, message.name);
    else if (message.kind === 'reply') this.#questions.delete(message.id);
  }

  /** Notes what the engine sends. */
  received(message: ToWindow): void {
    if (message.kind === 'answer') this.#asks.delete(message.id);
    else if (message.kind === 'end') this.#streams.delete(message.id);
    else if (message.kind === 'question') this.#questions.set(message.id, message);
    else if (message.kind === 'withdrawn') this.#questions.delete(message.id);
  }

  /** Does a deploy run? */
  get deploying(): boolean {
    return [...this.#streams.values()].includes('deploy');
  }

  /** The engine is gone: what the window must be told instead of an answer. Nothing is open afterwards. */
  engineGone(fault: Fault): readonly ToWindow[] {
    const messages: ToWindow[] = [
      ...[...this.#asks].map((id) => ({ kind: 'answer' as const, id, answer: { ok: false, error: fault } })),
      ...[...this.#streams.keys()].map((id) => ({ kind: 'end' as const, id, fault })),
      ...[...this.#questions.keys()].map((id) => ({ kind: 'withdrawn' as const, id })),
    ];
    this.#asks.clear();
    this.#streams.clear();
    this.#questions.clear();
    return messages;
  }

  /**
   * The page is gone (a reload, a crash): what the engine need not do any more. A deploy goes on to its reviewed end;
   * stopping it halfway because a page crashed would help nobody.
   */
  pageGone(): readonly FromWindow[] {
    const streams = [...this.#streams].filter(([, name]) => name !== 'deploy').map(([id]) => id);
    return [...this.#asks, ...streams].map((id) => ({ kind: 'cancel', id }));
  }

  /** Questions still to be answered, for a page that has just been loaded again. */
  openQuestions(): readonly ToWindow[] {
    return [...this.#questions.values()];
  }
}

/**
 * Every page counts its ids from the start; a request of the page before may still run. So the engine sees ids with the
 * page's number in front.
 */
export const engineId = (page: number, id: string): string => `${page}:${id}`;

/** The page's own id; null: the message is for a page that is gone. Questions have ids of the engine's, for any page. */
export function pageMessage(page: number, message: ToWindow): ToWindow | null {
  if (!('id' in message) || message.kind === 'question' || message.kind === 'withdrawn') return message;
  const start = `${page}:`;
  return message.id.startsWith(start) ? { ...message, id: message.id.slice(start.length) } : null;
}
