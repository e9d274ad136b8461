import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import type { Prompter } from '../../connection';
import { lookup } from '../../common/look-up';
import { authenticate, type Attempt, type Memory } from './authenticate';
import { type ServerPlace, faultAt } from '../../common/faults';
import { connectionFault } from './connection-fault';
import { prepareHostKeyCheck } from './host-key';
import { settle } from '../../common/limits';
import type { Route } from '../address/route';
import { SshSession } from './session';

/** How ssh2 notices a connection that died without a word: three unanswered probes, five seconds apart. */
const KEEPALIVE = { keepaliveInterval: 5_000, keepaliveCountMax: 3 };

/**
 * Dials one host, checks its key, authenticates. The signal ends it at any point, a question to the person included.
 * @param through what to speak SSH over instead of a new TCP connection: a channel of the host before.
 * @returns a connected session, or why not: `connection-refused`, `name-not-found`, `host-key-changed`,
 * `authentication-failed`, `declined`, … (each is said where it arises).
 */
export async function dial(
  route: Route,
  where: ServerPlace,
  prompter: Prompter,
  memory: Memory,
  through: Duplex | null,
  signal: AbortSignal,
): Promise<Result<SshSession>> {
  const check = await prepareHostKeyCheck(route, where, prompter);
  if (!check.ok) return check;
  const hostKey = check.value;
  const client = new ssh2.Client();
  // Aborts when this attempt is over, however it ends, and takes an open question to the person with it.
  const attempt = new AbortController();

  const connected = await settle<SshSession>([signal], (done) => {
    const giveUp = (fault: Fault) => done(fail(fault));
    const attempts = authenticate(route, where, prompter, memory, attempt.signal);
    let current: Attempt | null = null;
    client
      .on('ready', () => {
        current?.remember();
        client.setNoDelay(true);
        // At once: a connection that closes in this very moment must not go unseen.
        done(ok(new SshSession(client, where)));
      })
      // An agent that fails is not the end: the next method follows.
      .on('error', (error) => {
        if (error.level !== 'agent' && error.level !== 'client-authentication')
          giveUp(
            current === null
              ? connectionFault(where, error, 'connecting')
              : endedWhileAuthenticating(where, route, error),
          );
      })
      .on('close', () =>
        giveUp(current === null ? closedEarly(where) : endedWhileAuthenticating(where, route, null)),
      )
      .connect({
        host: route.host,
        port: route.port,
        username: route.user,
        sock: through ?? connectTcp({ host: route.host, port: route.port, lookup }),
        ...KEEPALIVE,
        // The call's own limit rules: a person may think longer than ssh2's default allows.
        readyTimeout: 0,
        algorithms: {
          // Electron takes seconds for the big Diffie-Hellman groups (measured): group 14 is the last resort.
          kex: [
            'curve25519-sha256',
            'curve25519-sha256@libssh.org',
            'ecdh-sha2-nistp256',
            'ecdh-sha2-nistp384',
            'ecdh-sha2-nistp521',
            'diffie-hellman-group14-sha256',
          ],
          serverHostKey: [...hostKey.algorithms],
          // ssh2's own lists end in SHA-1 and zlib. Its ciphers are GCM, CTR and ChaCha20, those that this runtime has: a list
          // here would throw under Electron, which lacks some.
          hmac: [
            'hmac-sha2-256-etm@openssh.com',
            'hmac-sha2-512-etm@openssh.com',
            'hmac-sha2-256',
            'hmac-sha2-512',
          ],
          compress: ['none'],
        },
        hostVerifier: (key: Buffer, verify: (accepted: boolean) => void) => {
          hostKey.verify(key, attempt.signal).then(
            (verdict) => {
              if (!verdict.ok) giveUp(verdict.error);
              verify(verdict.ok);
            },
            (error: unknown) => {
              giveUp(connectionFault(where, error, 'connecting'));
              verify(false);
            },
          );
        },
        authHandler: (accepted, _partial, next) => {
          const step = current === null ? attempts.next() : attempts.next(listed(accepted));
          step.then(
            (turn) => {
              if (attempt.signal.aborted) return;
              if (turn.done === true) {
                giveUp(turn.value);
                return;
              }
              current = turn.value;
              next(current.method);
            },
            (error: unknown) => giveUp(connectionFault(where, error, 'connecting')),
          );
        },
      });
  });

  attempt.abort();
  if (!connected.ok) {
    client.destroy();
    through?.destroy();
  }
  return connected;
}

const closedEarly = (where: ServerPlace): Fault =>
  connectionFault(where, new Error('closed without a word'), 'connecting');

/** A network that fails is no refusal; sshd that hangs up is. */
function endedWhileAuthenticating(
  where: ServerPlace,
  route: Route,
  error: (Error & { level?: string }) | null,
): Fault {
  if (error?.level === 'client-socket' || error?.level === 'client-timeout')
    return connectionFault(where, error, 'connected');
  return faultAt(
    where,
    'authentication-failed',
    `the server ended the connection before ${route.user} was let in`,
    'sshd does so after too many tries (MaxAuthTries), too long a wait (LoginGraceTime) or for a user it does not allow.',
    { detail: error?.message ?? 'The connection was closed.' },
  );
}

/** Before a server has named any method, ssh2 passes null, whatever its type says. */
const listed = (methods: readonly string[] | null): readonly string[] => methods ?? [];
