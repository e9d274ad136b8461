import type { Connection, ServerChannel, Session } from 'ssh2';
import type { MachineParts, Exit } from '../commands/command';
import { runCommandLine } from '../commands/run';
import type { Faults } from '../faults';
import { serveSftp } from '../sftp/server';

/** Serves one session channel: one command, or SFTP. No shell, no terminal. */
export function serveSession(
  session: Session,
  client: Connection,
  machine: MachineParts,
  faults: Faults,
): void {
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  session.on('close', leave);
  client.on('close', leave);
  session.on('exec', (accept, reject, { command }) => {
    if (faults.take('exec')) return reject();
    const channel = accept();
    channel.on('close', leave);
    void exec(command, channel, gone.signal, machine, faults).finally(() => client.off('close', leave));
  });
  session.on('subsystem', (accept, reject, { name }) => {
    if (name !== 'sftp') return reject();
    const channel = accept();
    channel.on('error', () => undefined);
    void serveSftp(channel, machine, faults).finally(() => {
      client.off('close', leave);
      finish(channel, { code: 0 });
    });
  });
}

async function exec(
  line: string,
  channel: ServerChannel,
  signal: AbortSignal,
  machine: MachineParts,
  faults: Faults,
): Promise<void> {
  channel.on('error', () => undefined);
  channel.stderr.on('error', () => undefined);
  await faults.wait();
  const exit = await runCommandLine(
    line,
    {
      stdin: channel,
      signal,
      out: (bytes) => taken(signal, (done) => channel.write(bytes, done)),
      err: (bytes) => taken(signal, (done) => channel.stderr.write(bytes, done)),
    },
    machine,
  );
  if (!signal.aborted) finish(channel, exit);
}

function finish(channel: ServerChannel, exit: Exit): void {
  // Input that nobody read would keep the channel from closing.
  channel.resume();
  if ('code' in exit) channel.exit(exit.code);
  else channel.exit(exit.signal, false, '');
  channel.end();
}

/** Resolves when the bytes were sent, or when nobody is there to take them: ssh2 never calls back then. */
function taken(signal: AbortSignal, write: (done: () => void) => void): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      signal.removeEventListener('abort', done);
      resolve();
    };
    signal.addEventListener('abort', done);
    write(done);
  });
}
