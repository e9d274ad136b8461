import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OUT } from '../../../build/launch/places.mjs';

/** The command line of this checkout, as it was built. */
export const CLI = join(OUT, 'main', 'cli.cjs');

/** What a command printed. */
export interface Said {
  /** Null: it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** A command that runs. */
export interface Running {
  readonly ended: Promise<Said>;
  /** Resolves as soon as standard error has this, or the command has ended. */
  said(words: RegExp): Promise<void>;
  /** What it has printed so far. */
  soFar(): Pick<Said, 'stdout' | 'stderr'>;
  /** Asks it to end, as systemd does. */
  end(): void;
  /** As a crash or a power cut ends it. */
  kill(): void;
}

/** A person's computer: a home folder, and the command line of this checkout as it was built. */
export interface Desk {
  readonly home: string;
  /** All that a command gets of an environment. */
  readonly env: NodeJS.ProcessEnv;
  run(...args: string[]): Promise<Said>;
  start(...args: string[]): Running;
}

/** Makes one in a folder that is not there yet, or is a home already. */
export function makeDesk(home: string): Desk {
  if (!existsSync(CLI)) throw new Error(`${CLI} is not there: npm test builds it, and so does npm run build`);
  mkdirSync(home, { recursive: true });
  // The person trusts the fleet files they wrote, and answers nothing else.
  const asked = join(home, 'ask.sh');
  writeFileSync(asked, '#!/bin/sh\n[ "$1" = trust ] && echo yes\n', { mode: 0o755 });
  const env = {
    KANILINK_ASK: asked,
    PATH: process.env['PATH'],
    HOME: home,
    LANG: 'C.UTF-8',
  };
  const start = (...args: string[]): Running => {
    const began = performance.now();
    const child: ChildProcess = spawn(process.execPath, [CLI, ...args], {
      env,
      cwd: home,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    const listeners = new Set<() => void>();
    const hear = (): void => listeners.forEach((listener) => listener());
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      hear();
    });
    let over = false;
    const ended = new Promise<Said>((resolve) => {
      child.once('close', (code) => {
        over = true;
        hear();
        resolve({ code, stdout, stderr, ms: performance.now() - began });
      });
    });
    const said = (words: RegExp) =>
      new Promise<void>((resolve) => {
        const listener = (): void => {
          if (!over && !words.test(stderr)) return;
          listeners.delete(listener);
          resolve();
        };
        listeners.add(listener);
        listener();
      });
    return {
      ...{ ended, said, soFar: () => ({ stdout, stderr }) },
      end: () => void child.kill('SIGTERM'),
      kill: () => void child.kill('SIGKILL'),
    };
  };
  return { home, env, start, run: (...args) => start(...args).ended };
}

/** Writes a file into the person's home folder. @returns its path. */
export function keep(desk: Desk, name: string, text: string): string {
  const path = join(desk.home, name);
  writeFileSync(path, text);
  return path;
}

/** A command with `--json`, whose exit code must be this one, or one of these. @returns the document. */
export async function ask<T>(desk: Desk, code: number | readonly number[], ...args: string[]): Promise<T> {
  const said = await desk.run(...args, '--json');
  const told = `kanilink ${args.join(' ')}: exit ${said.code}\n${said.stdout}\n${said.stderr}`;
  if (![code].flat().includes(said.code ?? -1)) throw new Error(`expected exit ${String(code)} of ${told}`);
  try {
    return JSON.parse(said.stdout) as T;
  } catch {
    throw new Error(`no JSON document from ${told}`);
  }
}
