import { connect as connectPlain, type NetConnectOpts, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { execFile } from 'node:child_process';
import { ok } from '../../../../../shared/base/result';
import { reachRemote, reachTcp } from './reach-tcp';
import { lookup } from '../../common/look-up';
import type { Dialer } from './dialer';
import type { TlsFiles } from './tls-files';

/** A socket costs nothing to keep. */
const SPARE = { most: 4, ms: 60_000 } as const;
/** No way to an engine takes longer, unless nobody is there. Milliseconds. */
const CONNECT_MS = 30_000;

/** Streams to a unix socket, a Windows pipe or a plain TCP port. */
export function dialSocket(to: NetConnectOpts): Dialer {
  const local = 'path' in to;
  return {
    ready: () => Promise.resolve(ok(undefined)),
    dial: () =>
      new Promise((resolve, reject) => {
        const socket = connectPlain(local ? to : { ...to, lookup });
        const late = giveUp(socket);
        socket.once('error', reject).once('connect', () => {
          clearTimeout(late);
          socket.off('error', reject);
          socket.setNoDelay(true);
          resolve(socket);
        });
      }),
    onHost: local ? runHere : null,
    reach: (where, it, signal) =>
      'path' in to
        ? reachTcp(where, it.fromHost.host, it.fromHost.port, signal)
        : reachRemote(where, to.host ?? 'localhost', it, signal),
    spare: SPARE,
    close: () => Promise.resolve(),
  };
}

/** Streams over TLS with a client certificate; the engine's own is checked against the CA in the same folder. */
export function dialTls(host: string, port: number, files: TlsFiles): Dialer {
  return {
    ready: () => Promise.resolve(ok(undefined)),
    dial: () =>
      new Promise((resolve, reject) => {
        const socket = connectTls({
          host,
          port,
          lookup,
          ...files,
          minVersion: 'TLSv1.2',
          // An address has no place in SNI (RFC 6066).
          ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
        });
        const late = giveUp(socket);
        socket.once('error', reject).once('secureConnect', () => {
          clearTimeout(late);
          socket.off('error', reject);
          socket.setNoDelay(true);
          resolve(socket);
        });
      }),
    onHost: null,
    reach: (where, it, signal) => reachRemote(where, host, it, signal),
    spare: SPARE,
    close: () => Promise.resolve(),
  };
}

/** The caller may have left long ago: a host that says nothing must not keep it. */
function giveUp(socket: Socket): NodeJS.Timeout {
  const silent = Object.assign(new Error('the host does not answer'), { code: 'ETIMEDOUT' });
  const timer = setTimeout(() => socket.destroy(silent), CONNECT_MS);
  socket.once('close', () => clearTimeout(timer));
  return timer;
}

/** A program on this machine, where the socket lies too. Argv, no shell. */
const runHere: NonNullable<Dialer['onHost']> = ([program = '', ...args], signal) =>
  new Promise((resolve) => {
    execFile(program, args, { signal, maxBuffer: 1024 * 1024 }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve(ok({ exitCode, stdout, stderr: stderr || (error?.message ?? ''), cut: false }));
    });
  });
