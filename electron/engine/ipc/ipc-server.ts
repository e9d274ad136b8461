import { setMaxListeners } from 'node:events';
import {
  asks,
  fromWindow,
  streams,
  type AskName,
  type AskOf,
  type FromWindow,
  type ToWindow,
} from '../../../shared/ipc';
import { fail, type Fault, type Result } from '../../../shared/base/result';
import type { GuardedEngine } from '../trust/guard-engine';
import { unexpected } from '../base/unexpected';
import { engineAsks } from './engine-asks';
import { engineStreams } from './engine-streams';
import { startLimit, type Limit } from './limit';
import { Credit, pump } from './pump';
import type { WindowPrompter } from './window-prompter';

interface Parts {
  readonly engine: GuardedEngine;
  readonly prompter: WindowPrompter;
  readonly send: (message: ToWindow) => void;
  /** A line for the log file. */
  readonly log: (line: string) => void;
}

/** The engine's side of the contract: every message of the window comes in here, every answer goes out here. */
export class IpcServer {
  readonly #parts: Parts;
  readonly #running = new Map<string, AbortController>();
  readonly #credits = new Map<string, Credit>();
  readonly #limits = new Set<Limit>();
  readonly #streams = new Set<Promise<void>>();

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.prompter.onAsked((waiting) => {
      for (const limit of this.#limits)
        if (waiting) limit.pause();
        else limit.resume();
    });
  }

  /** Takes one message, whatever it is; one that is not of the contract is logged and dropped. */
  receive(raw: unknown): void {
    const message = fromWindow.safeParse(raw);
    if (!message.success) {
      this.#parts.log(`not a message of the contract: ${message.error.message}`);
      return;
    }
    this.#take(message.data);
  }

  /** Cancels everything that runs; resolves when it has ended: a deploy stops at a safe point, not at once. */
  async close(): Promise<void> {
    for (const controller of this.#running.values()) controller.abort();
    await Promise.all(this.#streams);
  }

  #take(message: FromWindow): void {
    if (looksAnew(message)) {
      this.#parts.prompter.forgetDeclined();
      this.#parts.engine.lookAnew();
    }
    switch (message.kind) {
      case 'ask':
        this.#keep(this.#ask(message));
        break;
      case 'open':
        this.#keep(this.#stream(message));
        break;
      case 'credit':
        this.#credits.get(message.id)?.grant(message.batches);
        break;
      case 'cancel':
        this.#running.get(message.id)?.abort();
        break;
      case 'reply':
        this.#parts.prompter.reply(message.id, message.answer);
        break;
    }
  }

  async #ask({ id, name, question }: FromWindow & { kind: 'ask' }): Promise<void> {
    const { send } = this.#parts;
    const controller = this.#start(id);
    if (controller === null) return;
    send({ kind: 'answer', id, answer: await this.#answer(name, question, controller) });
    this.#running.delete(id);
  }

  async #answer(name: AskName, question: unknown, controller: AbortController): Promise<Result<unknown>> {
    if (!isForEngine(name)) return fail(notMine(name));
    const asked = engineAsks[name];
    const { engine, prompter } = this.#parts;
    let timedOut = false;
    const limit = startLimit(asked.limitMs, () => {
      timedOut = true;
      controller.abort();
    });
    if (prompter.isAsked) limit.pause();
    this.#limits.add(limit);
    const stopped = new Promise<Result<never>>((resolve) => {
      controller.signal.addEventListener('abort', () =>
        resolve(fail(timedOut ? tooSlow(name, asked.limitMs) : cancelled())),
      );
    });
    try {
      const call = { signal: controller.signal, timeoutMs: asked.limitMs };
      return await Promise.race([asked.answer(question, { engine, call }), stopped]);
    } catch (cause) {
      return fail(this.#bug(name, cause));
    } finally {
      limit.stop();
      this.#limits.delete(limit);
    }
  }

  async #stream({ id, name, question }: FromWindow & { kind: 'open' }): Promise<void> {
    const { engine, send } = this.#parts;
    const controller = this.#start(id);
    if (controller === null) return;
    const { signal } = controller;
    const { kind, open, may } = engineStreams[name];
    const credit = new Credit();
    this.#credits.set(id, credit);
    let fault: Fault | null = null;
    try {
      const allowed = may ? await may(question, engine) : null;
      const source = allowed?.ok === false ? allowed : open(question, engine, signal);
      if (source.ok) {
        await pump(source.value, {
          send: (items) => send({ kind: 'items', id, items: [...items] }),
          credit: kind === 'live' ? credit : null,
          dropped: kind === 'live',
          signal,
        });
      } else fault = source.error;
    } catch (cause) {
      if (!(kind === 'live' && signal.aborted)) fault = this.#bug(name, cause);
    }
    this.#running.delete(id);
    this.#credits.delete(id);
    send({ kind: 'end', id, fault });
  }

  #keep(stream: Promise<void>): void {
    const kept = stream.catch((cause: unknown) => void this.#bug('door', cause));
    this.#streams.add(kept);
    void kept.then(() => this.#streams.delete(kept));
  }

  /** Null: the id is in use; answering it twice would mix up two requests. */
  #start(id: string): AbortController | null {
    if (this.#running.has(id)) {
      this.#parts.log(`id ${id} is in use, the second request is dropped`);
      return null;
    }
    const controller = new AbortController();
    // Every server of a fleet waits on it at once.
    setMaxListeners(0, controller.signal);
    this.#running.set(id, controller);
    return controller;
  }

  #bug(name: string, cause: unknown): Fault {
    const fault = unexpected(cause);
    this.#parts.log(`${name}: ${fault.detail ?? fault.message}`);
    return fault;
  }
}

/** Opening a fleet, "check", "test connection" and a deploy are the person's own wish to be asked again; an edit is not. */
const looksAnew = (message: FromWindow): boolean =>
  (message.kind === 'open' && message.name === 'deploy') ||
  (message.kind === 'open' && message.name === 'watch' && isAsked(message.question)) ||
  (message.kind === 'ask' && message.name === 'server.test');

const isAsked = (question: unknown): boolean =>
  streams.watch.question.safeParse(question).data?.asked === true;

const isForEngine = (name: AskName): name is AskOf<'engine'> => asks[name].by === 'engine';

const notMine = (name: string): Fault => ({
  code: 'bad-question',
  message: `The engine does not answer "${name}".`,
  fix: 'This is a bug in Kanilink. Please report it.',
  where: {},
});

const cancelled = (): Fault => ({
  code: 'cancelled',
  message: 'Cancelled.',
  fix: 'Nothing needs to be done.',
  where: {},
});

const tooSlow = (name: string, limitMs: number): Fault => ({
  code: 'timed-out',
  message: `There was no answer within ${limitMs / 1000} s.`,
  fix: 'Check that the servers can be reached, then try again.',
  detail: name,
  where: {},
});
