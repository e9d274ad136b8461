import { z } from 'zod';
import {
  asks,
  type AskAnswer,
  type AskName,
  type AskQuestion,
  type Bridge,
  type CommandId,
  type FromWindow,
  questions,
  type QuestionAnswer,
  type QuestionName,
  type QuestionOf,
  type QuestionText,
  type StreamItem,
  type StreamName,
  type StreamQuestion,
  streams,
  toWindow,
  type ToWindow,
} from '../../shared/ipc';
import type { Fault, Result } from '../../shared/base/result';
import { FLEET_UNTRUSTED } from '../../shared/fleet/model/trust';

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

export type EngineMessage = Extract<ToWindow, { kind: 'engine' }>;

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

/** Speaks the contract over a bridge. One per window. */
export function createClient(bridge: Bridge): IpcClient {
  // zod compiles checks with `new Function` unless told not to, which the page's policy forbids.
  z.config({ jitless: true });
  const waiting = new Map<string, (answer: unknown) => void>();
  const running = new Map<
    string,
    { items(items: readonly unknown[]): void; end(fault: Fault | null): void }
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

  const receive = (message: ToWindow): void => {
    switch (message.kind) {
      case 'answer':
        return waiting.get(message.id)?.(message.answer);
      case 'items':
        return running.get(message.id)?.items(message.items);
      case 'end':
        return running.get(message.id)?.end(message.fault);
      case 'question': {
        const asked = readQuestion(message.id, message.name, message.question, send);
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
  bridge.listen((raw) => {
    const message = toWindow.safeParse(raw);
    if (message.success) receive(message.data);
    else console.error('a message that is not in the contract was dropped', message.error);
  });

  return {
    ask: (name, question, options = {}) => {
      return new Promise((resolve) => {
        const id = nextId();
        const nth = last;
        const finish = (answer: unknown): void => {
          waiting.delete(id);
          clearTimeout(timer);
          options.signal?.removeEventListener('abort', abort);
          const read = readAnswer(name, answer);
          if (!read.ok) heard(read.error, nth);
          resolve(read);
        };
        const giveUp = (fault: Fault): void => {
          send({ kind: 'cancel', id });
          finish({ ok: false, error: fault });
        };
        const abort = (): void => giveUp(cancelled(name));
        const limit = limitOf(name);
        const timer = limit === null ? undefined : setTimeout(() => giveUp(overdue(name, limit)), limit);
        if (options.signal?.aborted) return finish({ ok: false, error: cancelled(name) });
        options.signal?.addEventListener('abort', abort);
        waiting.set(id, finish);
        send({ kind: 'ask', id, name, question });
      });
    },
    open: <N extends StreamName>(name: N, question: StreamQuestion<N>, handlers: StreamHandlers<N>) => {
      const id = nextId();
      const nth = last;
      const { item } = streamReaders[name];
      const end = (fault: Fault | null): void => {
        running.delete(id);
        handlers.onEnd(fault);
        heard(fault, nth);
      };
      running.set(id, {
        items: (items) => {
          const read = items.map((one) => item.safeParse(one).data);
          const known = read.filter((one) => one !== undefined);
          if (known.length < read.length) {
            send({ kind: 'cancel', id });
            return end(notInContract(name));
          }
          handlers.onItems(known);
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

const limitOf = (name: AskName): number | null =>
  ofPerson.has(name) ? null : asks[name].by === 'engine' ? ENGINE_LIMIT : APP_LIMIT;

function readAnswer<N extends AskName>(name: N, answer: unknown): Result<AskValue<N>> {
  return askReaders[name].answer.safeParse(answer).data ?? { ok: false, error: notInContract(name) };
}

/** A schema, as far as it is used here. */
interface Reader<T> {
  safeParse(value: unknown): { data?: T | undefined };
}
// The contract seen as maps, so that the type of what is read follows from the name.
const askReaders: { readonly [N in AskName]: { readonly answer: Reader<Result<AskValue<N>>> } } = asks;
const streamReaders: { readonly [N in StreamName]: { readonly item: Reader<StreamItem<N>> } } = streams;

function readQuestion(
  id: string,
  name: QuestionName,
  question: unknown,
  send: (message: FromWindow) => void,
): AskedQuestion | null {
  const answer = (value: unknown): void => send({ kind: 'reply', id, answer: value });
  // The app asks it itself.
  if (name === 'trust-fleet') return null;
  if (name === 'host-key') {
    const read = questions[name].question.safeParse(question);
    return read.success ? { id, name, question: read.data, answer } : null;
  }
  if (name === 'bare-engine') {
    const read = questions[name].question.safeParse(question);
    return read.success ? { id, name, question: read.data, answer } : null;
  }
  const read = questions[name].question.safeParse(question);
  return read.success ? { id, name, question: read.data, answer } : null;
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

const notInContract = (name: string): Fault => ({
  code: 'not-in-contract',
  message: `The answer to “${name}” could not be understood.`,
  fix: 'This is a bug in Kanilink: restart it, and report it with the log file.',
  where: {},
});
