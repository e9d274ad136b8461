import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { type Fault, type Result, fail, ok } from '../../../shared/base/result';
import type { Call } from '../base/call';
import { withinLimit } from '../base/signals';
import { jsonOf } from '../base/json';

const ready = z.object({ ready: z.literal(true), fleet: z.string() });

/**
 * The practice fleet: a process of its own that the engine starts, and that ends when the engine does (it watches its
 * standard input).
 */
export class PracticeProcess {
  private running: { readonly child: ChildProcess; readonly path: string } | null = null;

  /** @param program the words that start the practice host. */
  constructor(private readonly program: readonly string[]) {}

  /** Starts it, or answers with the one that runs. @returns the path of its fleet file. */
  async start(servers: number, call: Call): Promise<Result<{ readonly path: string }>> {
    if (this.running?.child.exitCode === null) return ok({ path: this.running.path });
    const [file = '', ...words] = this.program;
    const child = spawn(file, [...words, '--servers', String(servers), '--until-stdin-closes'], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const errors: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
    const line = await withinLimit(call, (signal) => firstLine(child, signal));
    const said = line === null ? null : ready.safeParse(jsonOf(line));
    if (!said?.success) {
      child.kill();
      return fail(notStarted(errors.join('').slice(-2000)));
    }
    this.running = { child, path: said.data.fleet };
    return ok({ path: said.data.fleet });
  }

  /** Ends it and waits until it is gone, at most ten seconds; then it is killed. */
  async stop(): Promise<void> {
    const child = this.running?.child;
    this.running = null;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.stdin?.end();
    const killer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(killer);
  }
}

function firstLine(child: ChildProcess, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    const stdout = child.stdout;
    if (!stdout || signal.aborted) {
      resolve(null);
      return;
    }
    const lines = createInterface({ input: stdout });
    lines.once('line', resolve);
    // It says its input's errors again; that the fleet ended is told by `exit`.
    lines.on('error', () => undefined);
    child.once('error', () => resolve(null));
    child.once('exit', () => resolve(null));
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}

const notStarted = (detail: string): Fault => ({
  code: 'practice-not-started',
  message: 'The practice fleet did not start.',
  fix: 'Try again; if it stays so, send the lines below with a report.',
  ...(detail ? { detail } : {}),
  where: {},
});
