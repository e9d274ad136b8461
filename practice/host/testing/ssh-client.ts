import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import ssh2, { type Client, type ClientChannel, type ConnectConfig, type SFTPWrapper } from 'ssh2';
import type { PracticeFleet } from '../fleet';
import type { Machine } from '../machine';

/** What a command over SSH printed, and how it ended. */
export interface Answer {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Connects as a careful client does: with the key, and only to the host key the fleet announced. */
export async function connect(
  fleet: PracticeFleet,
  machine: Machine,
  more: Partial<ConnectConfig> = {},
): Promise<Client> {
  const privateKey = await readFile(fleet.identity, 'utf8');
  return connectWith(machine, { privateKey, ...more });
}

/** Connects with exactly this login. Rejects with ssh2's error. `answer` is given to every prompt. */
export function connectWith(machine: Machine, config: Partial<ConnectConfig>, answer = ''): Promise<Client> {
  const client = new ssh2.Client();
  // Errors after the connection stood are told by what was being done then.
  client.on('error', () => undefined);
  client.on('keyboard-interactive', (_name, _instructions, _language, prompts, finish) => {
    finish(prompts.map(() => answer));
  });
  return new Promise((resolve, reject) => {
    client.once('ready', () => resolve(client)).once('error', reject);
    client.once('close', () => reject(new Error('closed before it was ready')));
    client.connect({
      host: machine.host,
      port: machine.port,
      username: machine.user,
      hostVerifier: (key: Buffer) => fingerprintOf(key) === machine.fingerprint,
      ...config,
    });
  });
}

/** A host key’s fingerprint as OpenSSH prints it: `SHA256:…`. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** Opens an exec channel. */
export function open(client: Client, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => (error ? reject(error) : resolve(channel)));
  });
}

/** Runs a command to its end. Listens from the very callback on: a quick command's exit arrives together with it. */
export function exec(client: Client, command: string, stdin = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      let stdout = '';
      let stderr = '';
      let end: Pick<Answer, 'code' | 'signal'> = { code: null, signal: null };
      channel.on('data', (bytes: Buffer) => (stdout += bytes.toString()));
      channel.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
      channel.on('exit', (code: number | null, signal?: string) => (end = { code, signal: signal ?? null }));
      channel.on('close', () => resolve({ ...end, stdout, stderr }));
      channel.end(stdin);
    });
  });
}

/** Opens an SFTP channel. */
export function openSftp(client: Client): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => {
    client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp)));
  });
}

/** One SFTP call as a promise. */
export function sftpCall<T>(
  call: (done: (error: Error | null | undefined, value: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => (error ? reject(error) : resolve(value)));
  });
}

/** An SFTP call that answers nothing. */
export function sftpDo(call: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => (error ? reject(error) : resolve()));
  });
}

/** Waits until something is so, at most ten seconds. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Waited in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
