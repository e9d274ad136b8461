import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';

/** How a call of the command line ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Calls an installed `kanilink` with these words. */
export type Kanilink = (...words: string[]) => Promise<Ended>;

/** Runs a program to its end. */
export function runProgram(command: string, argv: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, argv, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 300_000 });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** A practice fleet that an installed `kanilink practice` runs. */
export interface RunningPractice {
  /** Its fleet file. */
  readonly fleet: string;
  /** Ends it as Ctrl-C does. @returns its exit code. */
  readonly end: () => Promise<number | null>;
}

/** Starts it. @throws when it ends instead, with what it said. */
export async function startPractice(
  command: string,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<RunningPractice> {
  const child: ChildProcess = spawn(command, argv, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const { stdout } = child;
  if (stdout === null) throw new Error('it has no standard output');
  const fleet = await new Promise<string>((resolve, reject) => {
    createInterface({ input: stdout }).once('line', resolve);
    child.once('error', reject);
    void gone.then((code) => reject(new Error(`kanilink practice ended, exit ${String(code)}:\n${said}`)));
  });
  return {
    fleet,
    end: () => {
      child.kill('SIGINT');
      return gone;
    },
  };
}

/** The main job by the command line, as the table of README.md plays it: every command, and what its exit code says. */
export async function playMainJob(kanilink: Kanilink, fleet: string): Promise<void> {
  appendFileSync(fleet, '\n[[link]]\nsupplier = "idm-a"\nconsumer = "idm-b"\n');
  const expectCode = async (code: number, ...words: string[]): Promise<string> => {
    const ended = await kanilink(...words);
    expect(ended.code, `kanilink ${words.join(' ')}\n${ended.stdout}${ended.stderr}`).toBe(code);
    return ended.stdout;
  };
  await expectCode(0, 'check', fleet, '--trust');
  await expectCode(2, 'status', fleet);
  expect(await expectCode(2, 'plan', fleet)).toMatch(/idm-b/);
  await expectCode(1, 'apply', fleet, '--yes');
  await expectCode(0, 'apply', fleet, '--yes', '--erase', 'idm-b');
  const status = JSON.parse(await expectCode(0, 'status', fleet, '--json')) as {
    pulls: { health: string }[];
  };
  expect(status.pulls.map(({ health }) => health)).toEqual(['replicating', 'replicating']);
  const compared = JSON.parse(await expectCode(0, 'compare', fleet, '--json')) as {
    comparisons: { result: string }[];
  };
  expect(compared.comparisons.map(({ result }) => result)).toEqual(['same']);
  await expectCode(0, 'plan', fleet);
}
