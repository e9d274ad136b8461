import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

export type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Every process of the practice fleet is started here, so that none outlives it: `close` ends them, and if this process is
 * killed without a chance to do so, a guard that holds the other end of a pipe does it instead.
 */
export class Children {
  readonly #running = new Set<Child>();
  #guard: ChildProcess | null = null;

  /** Starts a program. Never throws: a program that cannot be started ends with an `error` and code -2 or the like. */
  spawn(program: string, args: readonly string[], options: { cwd: string; env: NodeJS.ProcessEnv }): Child {
    const child = spawn(program, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
    // Writing to a child that has gone, and a child that never came, are both told by its exit.
    child.stdin.on('error', () => undefined);
    child.on('error', () => undefined);
    if (child.pid === undefined) return child;
    const { pid } = child;
    this.#running.add(child);
    this.#tellGuard(`+${pid}`);
    child.once('exit', () => {
      this.#running.delete(child);
      this.#tellGuard(`-${pid}`);
    });
    return child;
  }

  /** Ends a process: SIGTERM, then SIGKILL after `graceMs`. Resolves when it has gone. */
  async end(child: Child, graceMs: number): Promise<void> {
    if (!this.#running.has(child)) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
    await gone;
    clearTimeout(timer);
  }

  /** Ends all that still run, and the guard. */
  async close(): Promise<void> {
    await Promise.all([...this.#running].map((child) => this.end(child, 2_000)));
    const guard = this.#guard;
    this.#guard = null;
    if (guard?.pid === undefined || guard.exitCode !== null || guard.signalCode !== null) return;
    const gone = once(guard, 'exit');
    guard.stdin?.end();
    await gone;
  }

  #tellGuard(line: string): void {
    this.#guard ??= startGuard();
    this.#guard.stdin?.write(`${line}\n`);
  }
}

/**
 * Reads `+pid` and `-pid` lines; when the pipe ends, kills what is left. A shell, for it costs a thousandth of another Node, and in
 * its own session, so that Ctrl-C misses it. Where there is no shell (Windows) there is no guard.
 */
const GUARD = `
left=
while read -r line; do
  case $line in
    +*) left="$left \${line#+}" ;;
    -*)
      kept=
      for pid in $left; do [ "$pid" = "\${line#-}" ] || kept="$kept $pid"; done
      left=$kept
      ;;
  esac
done
for pid in $left; do kill -9 "$pid"; done
`;

function startGuard(): ChildProcess {
  const guard = spawn('/bin/sh', ['-c', GUARD], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
    detached: true,
  });
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  return guard;
}
