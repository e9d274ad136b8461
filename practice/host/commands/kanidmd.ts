import { constants } from 'node:os';
import { isAbsolute } from 'node:path';
import type { Readable } from 'node:stream';
import type { Child, Children } from '../children';
import { fail, type Exit, type Invocation, type MachineParts } from './command';

/** `kanidmd ARGS…`: the practice program, its output and its end passed on as they are. */
export async function kanidmd(invocation: Invocation, machine: MachineParts): Promise<Exit> {
  for (const arg of invocation.args) {
    const isPath = isAbsolute(arg) || arg.split('/').includes('..');
    if (isPath && (await machine.fence.enter(arg, true)) === null) {
      return fail(invocation, 1, `practice machine: ${arg}: Permission denied (os error 13)`);
    }
  }
  return passOn(machine.kanidmd.start(invocation.args), invocation, machine.children);
}

/** Joins a process to a channel, and ends it when the client goes. */
export async function passOn(child: Child, invocation: Invocation, children: Children): Promise<Exit> {
  const closed = new Promise<Exit>((resolve) => {
    child.once('close', (code: number | null, signal: NodeJS.Signals | null) => {
      resolve(signal ? { signal: signal.replace(/^SIG/, '') } : { code: exitStatus(code) });
    });
  });
  const stop = (): void => void children.end(child, GRACE_MS);
  invocation.signal.addEventListener('abort', stop, { once: true });
  if (invocation.signal.aborted) stop();
  invocation.stdin.pipe(child.stdin);
  await Promise.all([
    pump(child.stdout, (bytes) => invocation.out(bytes)),
    pump(child.stderr, (bytes) => invocation.err(bytes)),
  ]);
  const exit = await closed;
  invocation.stdin.unpipe(child.stdin);
  invocation.signal.removeEventListener('abort', stop);
  return exit;
}

const GRACE_MS = 2_000;

async function pump(from: Readable, to: (bytes: Buffer) => Promise<void>): Promise<void> {
  for await (const bytes of from) await to(Buffer.from(bytes));
}

/** Node gives a negative errno for a program it could not start; a shell says 127 or 126. */
function exitStatus(code: number | null): number {
  if (code === null) return 127;
  return code === -constants.errno.ENOENT ? 127 : code < 0 ? 126 : code;
}
