import { readlinkSync, statSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import type { Log } from '../log-writer';
import { adminAnswerSchema, type AdminAnswer, type AdminAsk } from '../admin-protocol';

/** No server answers at the socket. */
export interface NoServer {
  code: number;
  kind: string;
  message: string;
}

/**
 * Asks the running server over its admin socket.
 * @returns the answer, or why the socket can't be reached.
 */
export function askServer(socketPath: string, ask: AdminAsk): Promise<AdminAnswer | NoServer> {
  return new Promise((resolve) => {
    const socket = net.connect(socketPath);
    let text = '';
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`${JSON.stringify({ pid: process.pid, ask })}\n`));
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', (error) => resolve(noServer(error)));
    socket.on('close', () => resolve(parse(text)));
  });
}

/** Did nobody answer at the socket? */
export function isNoServer(answer: AdminAnswer | NoServer): answer is NoServer {
  return 'kind' in answer;
}

/** The recorded lines for a socket nobody listens at, with the diagnosis of its path. */
export function sayNoServer(socketPath: string, why: NoServer, log: Log): void {
  const err = `Os { code: ${why.code}, kind: ${why.kind}, message: "${why.message}" }`;
  log.error('Unable to connect to socket path', [
    ['err', err],
    ['path', socketPath],
  ]);
  log.info('', [['diag', diagnosis(socketPath)]]);
}

function parse(text: string): AdminAnswer {
  try {
    const answer = adminAnswerSchema.safeParse(JSON.parse(text));
    return answer.success ? answer.data : { answer: 'error' };
  } catch {
    return { answer: 'error' };
  }
}

function noServer(error: Error): NoServer {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return { code: 2, kind: 'NotFound', message: 'No such file or directory' };
  if (code === 'EACCES') return { code: 13, kind: 'PermissionDenied', message: 'Permission denied' };
  return { code: 111, kind: 'ConnectionRefused', message: 'Connection refused' };
}

function diagnosis(file: string): string {
  const parts: string[] = [];
  for (let part = file; !parts.includes(part); part = path.dirname(part)) parts.unshift(part);
  const width = Math.max(...parts.map((part) => part.length));
  const lines = parts.map((part) => `  ${part.padEnd(width)} : ${access(part)}`);
  return [
    `-- diagnosis for path: ${file}`,
    `canonicalised to: ${canonical(file)}`,
    `running as: ${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`,
    'path permissions',
    '',
    ...lines,
    '',
    "  note that accessibility does not account for ACL's or MAC",
    '-- end diagnosis',
    '',
  ].join('\n');
}

function access(part: string): string {
  const stats = statSync(part, { throwIfNoEntry: false });
  if (!stats) return 'DOES NOT EXIST';
  const letters = 'rwxrwxrwx';
  const mode = [...letters].map((letter, bit) => ((stats.mode >> (8 - bit)) & 1 ? letter : '-')).join('');
  const kind = stats.isDirectory() ? 'DIR' : 'FILE';
  return `${kind} access: true owner: ${stats.uid} group: ${stats.gid} mode: ${mode}`;
}

function canonical(file: string): string {
  try {
    return path.resolve(path.dirname(file), readlinkSync(file));
  } catch {
    return path.resolve(file);
  }
}
