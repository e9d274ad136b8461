import { connect as connectPlain, type NetConnectOpts } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { execFile } from 'node:child_process';
import { ok } from '../../../../shared/result';
import type { Dialer } from './dialer';
import type { TlsFiles } from './tls-files';

/** Streams to a unix socket, a Windows pipe or a plain TCP port. */
export function dialSocket(to: NetConnectOpts): Dialer {
  const local = 'path' in to;
  return {
    ready: async () => ok(undefined),
    dial: () =>
      new Promise((resolve, reject) => {
        const socket = connectPlain(to);
        socket.once('error', reject).once('connect', () => {
          socket.off('error', reject);
          socket.setNoDelay(true);
          resolve(socket);
        });
      }),
    onHost: local ? runHere : null,
    spare: 4,
    close: async () => undefined,
  };
}

/** Streams over TLS with a client certificate; the engine's own is checked against the CA in the same folder. */
export function dialTls(host: string, port: number, files: TlsFiles): Dialer {
  return {
    ready: async () => ok(undefined),
    dial: () =>
      new Promise((resolve, reject) => {
        const socket = connectTls({
          host,
          port,
          ...files,
          minVersion: 'TLSv1.2',
          // An address has no place in SNI (RFC 6066).
          ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
        });
        socket.once('error', reject).once('secureConnect', () => {
          socket.off('error', reject);
          socket.setNoDelay(true);
          resolve(socket);
        });
      }),
    onHost: null,
    spare: 4,
    close: async () => undefined,
  };
}

/** A program on this machine, where the socket lies too. Argv, no shell. */
const runHere: NonNullable<Dialer['onHost']> = ([program = '', ...args], signal) =>
  new Promise((resolve) => {
    execFile(program, args, { signal, maxBuffer: 1024 * 1024 }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve(ok({ exitCode, stdout, stderr: stderr || (error?.message ?? ''), cut: false }));
    });
  });
