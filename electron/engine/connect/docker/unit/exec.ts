import { fail, ok, type Result } from '../../../../../shared/base/result';
import type { HeadWanted, Output } from '../../connection';
import { faultAt } from '../../common/faults';
import { pause } from '../../common/limits';
import { monotonicNow } from '../../../base/time';
import { collect } from '../api/collect';
import { type Container, containerStopped, type Inspected } from '../api/container';
import * as replies from '../api/replies';

/**
 * A program whose streams ended and that goes on for longer was not heard to its end: the stream of an exec ends as a
 * connection does that breaks. Milliseconds.
 */
const GOES_ON_MS = 3_000;
/** The engine may still say "running" in the moment after a program's streams ended. Milliseconds. */
const SETTLE_MS = 50;

/**
 * Runs a program in the running container: no terminal, no stdin. Its exit code is asked for after its streams ended. A
 * program that is given up (limit, cancel, too much output) loses its reader; the API has no way to kill it.
 * @param head standard output goes there, and is not kept.
 */
export async function exec(
  container: Container,
  seen: Inspected,
  argv: readonly string[],
  signal: AbortSignal,
  head?: HeadWanted,
): Promise<Result<Output>> {
  const { api, where, name } = container;
  const doing = `running ${argv.slice(0, 4).join(' ')}`;
  if (!seen.State.Running || seen.State.Paused) return fail(containerStopped(where, name, seen.State.Status));
  const created = await container.json(
    '/exec',
    {
      method: 'POST',
      body: { AttachStdout: true, AttachStderr: true, AttachStdin: false, Tty: false, Cmd: argv },
      doing,
      expected: ({ statusCode, message }) =>
        statusCode === 409 ? containerStopped(where, name, message) : null,
    },
    replies.created,
    signal,
  );
  if (!created.ok) return created;
  const { Id: id } = created.value;
  const stream = await api.stream(
    {
      method: 'POST',
      path: `/exec/${encodeURIComponent(id)}/start`,
      body: { Detach: false, Tty: false },
      doing,
      expected: ({ statusCode, message }) =>
        statusCode === 409 ? containerStopped(where, name, message) : notRunnable(container, argv, message),
    },
    signal,
  );
  if (!stream.ok) return stream;
  const printed = await collect(stream.value, where, doing, signal, head === undefined ? {} : { head });
  if (!printed.ok) return printed;
  if (printed.value.cut) return ok({ exitCode: null, ...printed.value });
  const exitCode = await exitCodeOf(container, id, doing, signal);
  if (!exitCode.ok) return exitCode;
  const text = `${printed.value.stdout}${printed.value.stderr}`;
  // Before the engine's answer had a status of its own for it, this came as the program's output.
  if (
    (exitCode.value === 126 || exitCode.value === 127) &&
    /OCI runtime exec failed|executable file not found/.test(text)
  )
    return fail(notRunnable(container, argv, text) ?? containerStopped(where, name, text));
  return ok({ exitCode: exitCode.value, ...printed.value });
}

async function exitCodeOf(
  container: Container,
  id: string,
  doing: string,
  signal: AbortSignal,
): Promise<Result<number | null>> {
  const ended = monotonicNow();
  for (;;) {
    const answer = await container.api.json(
      { method: 'GET', path: `/exec/${encodeURIComponent(id)}/json`, doing },
      replies.execState,
      signal,
    );
    if (!answer.ok) return answer;
    const { Running, ExitCode } = answer.value;
    if (!Running) return ok(ExitCode ?? null);
    if (monotonicNow() - ended > GOES_ON_MS) return fail(notHeard(container, doing));
    await pause(SETTLE_MS, signal);
  }
}

const notHeard = (container: Container, doing: string) =>
  faultAt(
    container.where,
    'connection-lost',
    `the connection to the engine was lost while ${doing}`,
    'The program still runs, and what it says is not heard: look at the server, then try again.',
  );

const notRunnable = (container: Container, argv: readonly string[], message: string) =>
  /OCI runtime|executable file not found|no such file/i.test(message)
    ? faultAt(
        container.where,
        'kanidmd-not-found',
        `${argv[0] ?? ''} cannot be run in container ${container.name}`,
        'Check that this is a container of kanidmd.',
        { detail: message },
      )
    : null;
