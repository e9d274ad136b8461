import type {
  AskAnswer,
  AskName,
  AskQuestion,
  Bridge,
  CommandId,
  EngineMessage,
  FromWindow,
  QuestionAnswer,
  QuestionOf,
  QuestionText,
  StreamItem,
  StreamName,
  StreamQuestion,
  ToWindow,
} from '../../shared/ipc';
import type { Fault, Result } from '../../shared/base/result';
import { FLEET_UNTRUSTED } from '../../shared/fleet/model/trust-codes';
import { type ContractReader, contractReader } from './contract-reader';

/** What the engine asks a person, with the way to answer it. */
export type AskedQuestion = {
  [N in QuestionOf<'window'>]: {
    readonly id: string;
    readonly name: N;
    readonly question: QuestionText<N>;
    answer(answer: QuestionAnswer<N>): void;
  };
}[QuestionOf<'window'>];

/** What a question is answered with when all is well. */
export type AskValue<N extends AskName> = Extract<AskAnswer<N>, { ok: true }>['value'];

export interface StreamHandlers<N extends StreamName> {
  onItems(items: readonly StreamItem<N>[]): void;
  /** Called once; null: it ended by itself. Not called after the stream was closed here. */
  onEnd(fault: Fault | null): void;
}

export interface OpenStream {
  /** Asks the other end to stop; what it still says, and its end, are heard. */
  cancel(): void;
  /** Stops and hears nothing more. */
  close(): void;
}

/** The window's end of the contract: every message that arrives is checked before anyone sees it. */
export interface IpcClient {
  /** Asks and waits for the one answer; a cancelled or overdue question is answered with a fault. */
  ask<N extends AskName>(
    name: N,
    question: AskQuestion<N>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Result<AskValue<N>>>;
  open<N extends StreamName>(name: N, question: StreamQuestion<N>, handlers: StreamHandlers<N>): OpenStream;
  onQuestion(ask: (question: AskedQuestion) => void, withdraw: (id: string) => void): void;
  /** Items of the app's menu. */
  onCommand(run: (command: CommandId) => void): void;
  /** A fleet file the person chose outside the window. */
  onOpenPath(open: (path: string) => void): void;
  /** The engine's process stopped, starts again, runs again. */
  onEngine(tell: (state: EngineMessage) => void): void;
  /** The engine refused a question because its fleet is not trusted. @param tell told which question it was, by {@link asked} */
  onUntrusted(tell: (fault: Fault, nth: number) => void): void;
  /** How many questions were asked, and streams opened, so far. */
  readonly asked: number;
}

/** Longest wait for the app, milliseconds. */
const APP_LIMIT = 30_000;
/** For the engine, which keeps shorter limits itself and stops them while a person reads a question of its own. */
const ENGINE_LIMIT = 900_000;
/** Dialogs of the system's own wait for a person: no limit. */
const ofPerson: ReadonlySet<AskName> = new Set<AskName>([
  'dialog.open-fleet',
  'dialog.save-fleet',
  'file.save-as',
  'fleet.trust',
]);
/** Batches the engine may send ahead of what the window has taken. */
const CREDIT = 8;

/**
 * Speaks the contract over a bridge. One per window.
 * @param ready what arrives before is taken then: what checks it is not loaded while the page is made
 */
export function createClient(bridge: Bridge, ready: Promise<void> = Promise.resolve()): IpcClient {
  const waiting = new Map<string, (answer: unknown, reader: ContractReader) => void>();
  const running = new Map<
    string,
    { items(items: readonly unknown[], reader: ContractReader): void; end(fault: Fault | null): void }
  >();
  let takeQuestion: (question: AskedQuestion) => void = () => undefined;
  let withdrawQuestion: (id: string) => void = () => undefined;
  let runCommand: (command: CommandId) => void = () => undefined;
  let openPath: (path: string) => void = () => undefined;
  let tellUntrusted: (fault: Fault, nth: number) => void = () => undefined;
  let tellEngine: (state: EngineMessage) => void = () => undefined;
  let last = 0;
  const nextId = (): string => `w${(last += 1)}`;
  const heard = (fault: Fault | null, nth: number): void => {
    if (fault?.code === FLEET_UNTRUSTED) tellUntrusted(fault, nth);
  };
  const send = (message: FromWindow): void => bridge.send(message);

  const receive = (message: ToWindow, reader: ContractReader): void => {
    switch (message.kind) {
      case 'answer':
        return waiting.get(message.id)?.(message.answer, reader);
      case 'items':
        return running.get(message.id)?.items(message.items, reader);
      case 'end':
        return running.get(message.id)?.end(message.fault);
      case 'question': {
        const { id, name, question } = message;
        // An answer ends the question here too.
        const reply = (answer: unknown): void => {
          send({ kind: 'reply', id, answer });
          withdrawQuestion(id);
        };
        const asked = reader.readQuestion(id, name, question, reply);
        if (asked) takeQuestion(asked);
        return;
      }
      case 'withdrawn':
        return withdrawQuestion(message.id);
      case 'command':
        return runCommand(message.command);
      case 'open-path':
        return openPath(message.path);
      case 'engine':
        return tellEngine(message);
    }
  };
  const take = (raw: unknown, reader: ContractReader): void => {
    const message = reader.readMessage(raw);
    if (message !== null) receive(message, reader);
  };
  /** What arrived before what reads it was there, in its order. */
  const early: unknown[] = [];
  const takeEarly = async (): Promise<void> => {
    await ready;
    const reader = await contractReader.load();
    for (const raw of early.splice(0)) take(raw, reader);
  };
  bridge.listen((raw) => {
    if (contractReader.loaded !== null && early.length === 0) return take(raw, contractReader.loaded);
    early.push(raw);
    void takeEarly();
  });

  return {
    ask: (name, question, options = {}) => {
      return new Promise((resolve) => {
        const id = nextId();
        const nth = last;
        const finish = (answer: Result<AskValue<typeof name>>): void => {
          waiting.delete(id);
          clearTimeout(timer);
          options.signal?.removeEventListener('abort', abort);
          if (!answer.ok) heard(answer.error, nth);
          resolve(answer);
        };
        const giveUp = (fault: Fault): void => {
          send({ kind: 'cancel', id });
          finish({ ok: false, error: fault });
        };
        const abort = (): void => giveUp(cancelled(name));
        const wait = (ms: number, then: () => void): void => {
          timer = setTimeout(then, ms);
        };
        /** Who answers stands in the contract, which is read meanwhile. */
        const waitLonger = async (): Promise<void> => {
          const reader = await contractReader.load().catch(() => null);
          if (!waiting.has(id)) return;
          if (reader?.isForEngine(name) !== true) return giveUp(overdue(name, APP_LIMIT));
          wait(ENGINE_LIMIT - APP_LIMIT, () => giveUp(overdue(name, ENGINE_LIMIT)));
        };
        let timer: ReturnType<typeof setTimeout> | undefined;
        if (!ofPerson.has(name)) wait(APP_LIMIT, () => void waitLonger());
        if (options.signal?.aborted) return finish({ ok: false, error: cancelled(name) });
        options.signal?.addEventListener('abort', abort);
        waiting.set(id, (answer, reader) => finish(reader.readAnswer(name, answer)));
        send({ kind: 'ask', id, name, question });
      });
    },
    open: <N extends StreamName>(name: N, question: StreamQuestion<N>, handlers: StreamHandlers<N>) => {
      const id = nextId();
      const nth = last;
      const end = (fault: Fault | null): void => {
        running.delete(id);
        handlers.onEnd(fault);
        heard(fault, nth);
      };
      running.set(id, {
        items: (items, reader) => {
          const read = reader.readItems(name, items);
          if (!read.ok) {
            send({ kind: 'cancel', id });
            return end(read.error);
          }
          handlers.onItems(read.value);
          if (running.has(id)) send({ kind: 'credit', id, batches: 1 });
        },
        end,
      });
      send({ kind: 'open', id, name, question });
      send({ kind: 'credit', id, batches: CREDIT });
      const cancel = (): void => {
        if (running.has(id)) send({ kind: 'cancel', id });
      };
      return {
        cancel,
        close: () => {
          cancel();
          running.delete(id);
        },
      };
    },
    onQuestion: (ask, withdraw) => {
      takeQuestion = ask;
      withdrawQuestion = withdraw;
    },
    onEngine: (tell) => {
      tellEngine = tell;
    },
    onUntrusted: (tell) => {
      tellUntrusted = tell;
    },
    get asked() {
      return last;
    },
    onCommand: (run) => {
      runCommand = run;
    },
    onOpenPath: (open) => {
      openPath = open;
    },
  };
}

const cancelled = (name: string): Fault => ({
  code: 'cancelled',
  message: `“${name}” was cancelled.`,
  fix: 'Ask again when you want it.',
  where: {},
});

const overdue = (name: string, limitMs: number): Fault => ({
  code: 'no-answer',
  message: `There was no answer to “${name}” for ${Math.round(limitMs / 1000)} s.`,
  fix: 'Check the servers’ network, then try again; if it keeps happening, restart Kanilink.',
  where: {},
});
