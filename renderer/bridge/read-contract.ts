import '../base/no-eval';
import {
  asks,
  type AskName,
  questions,
  type QuestionName,
  type StreamItem,
  type StreamName,
  streams,
  toWindow,
  type ToWindow,
} from '../../shared/ipc';
import { type Fault, fail, ok, type Result } from '../../shared/base/result';
import type { AskedQuestion, AskValue } from './ipc-client';

/** What `contract-reader.ts` loads: every message that arrives is read by the contract's schemas. */

/** A message; null: it is not in the contract, and is dropped. */
export function readMessage(raw: unknown): ToWindow | null {
  const message = toWindow.safeParse(raw);
  if (message.success) return message.data;
  console.error('a message that is not in the contract was dropped', message.error);
  return null;
}

/** Whether the engine answers a question, and not the app. */
export const isForEngine = (name: AskName): boolean => asks[name].by === 'engine';

/** The answer to a question; a fault where it is not in the contract. */
export function readAnswer<N extends AskName>(name: N, answer: unknown): Result<AskValue<N>> {
  return askReaders[name].answer.safeParse(answer).data ?? fail(notInContract(name));
}

/** Items of a stream; a fault where one is not in the contract. */
export function readItems<N extends StreamName>(
  name: N,
  items: readonly unknown[],
): Result<readonly StreamItem<N>[]> {
  const { item } = streamReaders[name];
  const read = items.map((one) => item.safeParse(one).data);
  const known = read.filter((one) => one !== undefined);
  return known.length < read.length ? fail(notInContract(name)) : ok(known);
}

/** A schema, as far as it is used here. */
interface Reader<T> {
  safeParse(value: unknown): { data?: T | undefined };
}
// The contract seen as maps, so that the type of what is read follows from the name.
const askReaders: { readonly [N in AskName]: { readonly answer: Reader<Result<AskValue<N>>> } } = asks;
const streamReaders: { readonly [N in StreamName]: { readonly item: Reader<StreamItem<N>> } } = streams;

/** What the engine asks a person; null: it is not asked in the window, or not in the contract. */
export function readQuestion(
  id: string,
  name: QuestionName,
  question: unknown,
  answer: (answer: unknown) => void,
): AskedQuestion | null {
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

const notInContract = (name: string): Fault => ({
  code: 'not-in-contract',
  message: `The answer to “${name}” could not be understood.`,
  fix: 'This is a bug in Kanilink: restart it, and report it with the log file.',
  where: {},
});
