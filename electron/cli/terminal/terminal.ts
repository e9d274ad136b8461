import { openSync } from 'node:fs';
import { ReadStream, WriteStream } from 'node:tty';
import { createInterface } from 'node:readline';
import { escapeControls, onOneLine } from '../../../shared/base/escape-controls';
import { LineEditor } from './line-editor';

/**
 * Reads a line without echo from the controlling terminal, so that pipes on standard input and output do not matter.
 * @returns null when there is no terminal, the person gave up (Ctrl-C, Ctrl-D), or the signal aborts.
 */
export async function readSecret(prompt: string, signal: AbortSignal): Promise<string | null> {
  const terminal = openTerminal();
  if (terminal === null || signal.aborted) return null;
  const { input, output, close } = terminal;
  const editor = new LineEditor();
  // Raw before the prompt shows: a person who types at once is not echoed.
  input.setRawMode(true);
  output.write(onOneLine(prompt));
  try {
    return await new Promise<string | null>((resolve) => {
      signal.addEventListener('abort', () => resolve(null), { once: true });
      input.on('error', () => resolve(null));
      input.on('end', () => resolve(null));
      input.setEncoding('utf8').on('data', (keys: string) => {
        const state = editor.type(keys);
        if (state.kind === 'done') resolve(state.line);
        if (state.kind === 'given-up') {
          // Raw mode keeps Ctrl-C from us as a signal; it means the same as ever.
          if (state.interrupt) process.kill(process.pid, 'SIGINT');
          resolve(null);
        }
      });
    });
  } finally {
    input.setRawMode(false);
    output.write('\n');
    close();
  }
}

/** Asks for a visible line on standard error; null without a terminal on both ends, or at the end of input. */
export function askLine(question: string, signal: AbortSignal): Promise<string | null> {
  if (!process.stdin.isTTY || !process.stderr.isTTY || signal.aborted) return Promise.resolve(null);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    const end = (answer: string | null): void => {
      resolve(answer);
      lines.close();
    };
    signal.addEventListener('abort', () => end(''), { once: true });
    lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    lines.on('close', () => resolve(null));
    // A terminal that goes away gives no answer.
    lines.on('error', () => end(null));
    lines.question(escapeControls(question), end);
  });
}

function openTerminal() {
  if (process.platform === 'win32') {
    if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
    const close = (): void => void process.stdin.pause();
    return { input: process.stdin, output: process.stderr, close };
  }
  try {
    const readFrom = openSync('/dev/tty', 'r');
    const writeTo = openSync('/dev/tty', 'w');
    const input = new ReadStream(readFrom);
    const output = new WriteStream(writeTo);
    const close = (): void => {
      input.destroy();
      output.destroy();
    };
    return { input, output, close };
  } catch {
    // No controlling terminal: a service, a pipeline, a container.
    return null;
  }
}
