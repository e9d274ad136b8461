import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLI, type Desk } from './desk';
import { until } from './lab';

/** A command whose parent never asks how it ended. */
export interface Unasked {
  /** Resolves as soon as standard error has this. */
  said(words: RegExp): Promise<void>;
  /** Kills it: it stays in the table of processes as a zombie until `bury`. */
  kill(): Promise<void>;
  bury(): void;
}

/** Runs it below a process that collects nobody, as a container's first process or a busy parent does. */
export function startUnasked(desk: Desk, ...args: string[]): Unasked {
  const pidFile = join(desk.home, 'pid');
  const script = 'pid="$1"; shift; "$@" & echo "$!" >"$pid"; exec sleep 1200 >/dev/null 2>&1';
  const child: ChildProcess = spawn(
    '/bin/sh',
    ['-c', script, 'sh', pidFile, process.execPath, CLI, ...args],
    {
      env: desk.env,
      cwd: desk.home,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const pid = () => Number(readFileSync(pidFile, 'utf8'));
  const state = () => /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid()}/status`, 'utf8'))?.[1];
  return {
    said: (words) =>
      until(
        () => Promise.resolve(words.test(stderr)),
        () => `it never said ${words}:\n${stderr}`,
      ),
    kill: () => {
      process.kill(pid(), 'SIGKILL');
      return until(
        () => Promise.resolve(state() === 'Z'),
        () => `it is no zombie but ${state()}`,
      );
    },
    bury: () => void child.kill('SIGKILL'),
  };
}
