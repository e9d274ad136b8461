import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Prompter } from '../../electron/engine/connect/connection';
import { ConnectionPool } from '../../electron/engine/connect/common/pool';
import { openSsh } from '../../electron/engine/connect/ssh/open-ssh';
import type { SshTarget } from '../../electron/engine/connect/ssh/address/target';
import { fault, value } from '../support/results';
import { call, freePort, keygen, missing, person, type Sshd, startSshd, until } from './sshd';

const open = (target: SshTarget, who: Prompter = person(), timeoutMs = 60_000) =>
  openSsh(target, who, call(timeoutMs), { pool: new ConnectionPool(0) });

/** Connects, runs one program, goes. */
async function works(target: SshTarget, who?: Prompter): Promise<void> {
  const server = value(await open(target, who));
  expect(value(await server.kanidmd(['version'], call())).stdout).toBe('kanidmd 1.10.5 715020ccd2\n');
  await server.close();
}

describe.skipIf(missing !== null)('logging in', () => {
  let sshd: Sshd;
  const knownHosts = () => join(sshd.home, '.ssh', 'known_hosts');

  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd?.stop());
  beforeEach(() => rmSync(join(sshd.home, '.ssh'), { recursive: true, force: true }));

  describe('the host key', () => {
    it('is asked about when unknown, with the fingerprint ssh-keygen prints, then written down as ssh would', async () => {
      const who = person({ accept: true });
      await works(sshd.target(), who);
      expect(who.asked).toEqual([
        `host key [127.0.0.1]:${sshd.port} ssh-ed25519 ${sshd.fingerprint('ed25519')}`,
      ]);
      expect(statSync(knownHosts()).mode & 0o777).toBe(0o600);
      expect(statSync(join(sshd.home, '.ssh')).mode & 0o777).toBe(0o700);
      const found = execFileSync('ssh-keygen', ['-F', `[127.0.0.1]:${sshd.port}`, '-f', knownHosts()], {
        encoding: 'utf8',
      });
      expect(found).toContain('ssh-ed25519');
      const again = person();
      await works(sshd.target(), again);
      expect(again.asked).toEqual([]);
    });

    it('is written hashed where ~/.ssh/config says so, after a last line without a newline, and ssh reads it', async () => {
      execFileSync('mkdir', ['-p', join(sshd.home, '.ssh')]);
      writeFileSync(join(sshd.home, '.ssh', 'config'), 'HashKnownHosts yes\n');
      writeFileSync(knownHosts(), '# a comment');
      await works(sshd.target(), person({ accept: true }));
      const lines = readFileSync(knownHosts(), 'utf8').split('\n');
      expect(lines[0]).toBe('# a comment');
      expect(lines[1]).toMatch(/^\|1\|\S+\|\S+ ssh-ed25519 /);
      execFileSync('ssh-keygen', ['-F', `[127.0.0.1]:${sshd.port}`, '-f', knownHosts()]);
      await works(sshd.target());
    });

    it('that is not accepted ends it, and nothing is written', async () => {
      const refused = fault(await open(sshd.target(), person({ accept: false })));
      expect(refused.code).toBe('host-key-unknown');
      expect(refused.detail).toContain(sshd.fingerprint('ed25519'));
      expect(() => statSync(knownHosts())).toThrow();
    });

    it('of another type is asked for when that is the one known', async () => {
      for (const type of ['ecdsa', 'rsa'] as const) {
        rmSync(knownHosts(), { force: true });
        execFileSync('mkdir', ['-p', join(sshd.home, '.ssh')]);
        sshd.trust(type);
        const who = person();
        await works(sshd.target(), who);
        expect(who.asked).toEqual([]);
      }
    });

    it('that changed is blocked with both fingerprints and the line, and nobody is asked', async () => {
      execFileSync('mkdir', ['-p', join(sshd.home, '.ssh')]);
      keygen('-t', 'ed25519', '-f', join(sshd.folder, 'other'));
      const other = readFileSync(join(sshd.folder, 'other.pub'), 'utf8').split(' ');
      writeFileSync(knownHosts(), `# one\n[127.0.0.1]:${sshd.port} ${other[0]} ${other[1]}\n`);
      const who = person({ accept: true });
      const logins = () => sshd.log().match(/Accepted publickey/g)?.length ?? 0;
      const before = logins();
      const blocked = fault(await open(sshd.target(), who));
      expect(blocked.code).toBe('host-key-changed');
      expect(blocked.detail).toContain(`shown now: ssh-ed25519 ${sshd.fingerprint('ed25519')}`);
      const known = execFileSync('ssh-keygen', ['-lf', join(sshd.folder, 'other.pub')], {
        encoding: 'utf8',
      }).split(' ')[1];
      expect(blocked.detail).toContain(`${known} (${knownHosts()}:2)`);
      expect(who.asked).toEqual([]);
      expect(logins()).toBe(before);
      rmSync(join(sshd.folder, 'other'));
      rmSync(join(sshd.folder, 'other.pub'));
    });

    it('that is revoked is blocked', async () => {
      execFileSync('mkdir', ['-p', join(sshd.home, '.ssh')]);
      sshd.trust('ed25519');
      const key = readFileSync(join(sshd.folder, 'host', 'ed25519.pub'), 'utf8').split(' ');
      appendFileSync(knownHosts(), `@revoked * ${key[0]} ${key[1]}\n`);
      expect(fault(await open(sshd.target(), person({ accept: true }))).code).toBe('host-key-revoked');
    });
  });

  describe('the person', () => {
    beforeEach(() => {
      execFileSync('mkdir', ['-p', join(sshd.home, '.ssh')]);
      sshd.trust('ed25519');
    });

    it.each(['ed25519', 'rsa', 'ecdsa'])(
      'unlocks a key of type %s by its passphrase, in three tries',
      async (type) => {
        const key = join(sshd.folder, `locked-${type}`);
        keygen('-t', type, '-a', '1', '-N', 'right', '-f', key);
        const authorized = join(sshd.folder, 'authorized_keys');
        appendFileSync(authorized, readFileSync(`${key}.pub`));
        const who = person({ secrets: ['wrong', 'right'] });
        await works(sshd.target({ identity: key }), who);
        expect(who.asked).toEqual([`passphrase ${key} 1`, `passphrase ${key} 2`]);

        const hopeless = person({ secrets: ['a', 'b', 'c', 'right'] });
        const failed = fault(await open(sshd.target({ identity: key }), hopeless));
        expect(failed.code).toBe('authentication-failed');
        expect(failed.detail).toContain('wrong passphrase 3 times');
        expect(hopeless.asked).toHaveLength(3);

        expect(fault(await open(sshd.target({ identity: key }), person({ secrets: [null] }))).code).toBe(
          'declined',
        );
      },
    );

    it.each(['rsa', 'ecdsa'])('reads and unlocks old PEM and PKCS#8 files of type %s too', async (type) => {
      for (const format of ['PEM', 'PKCS8'])
        for (const passphrase of ['', 'right']) {
          const key = join(sshd.folder, `${type}-${format}-${passphrase}`);
          keygen('-t', type, '-m', format, '-N', passphrase, '-f', key);
          expect(readFileSync(key, 'utf8')).toMatch(/^-----BEGIN (RSA |EC |ENCRYPTED )?PRIVATE KEY-----/);
          appendFileSync(join(sshd.folder, 'authorized_keys'), readFileSync(`${key}.pub`));
          const who = person({ secrets: ['wrong', 'right'] });
          await works(sshd.target({ identity: key }), who);
          expect(who.asked).toHaveLength(passphrase === '' ? 0 : 2);
        }
    });

    it('is not asked where the agent has the key, and the agent comes first', async () => {
      const socket = join(sshd.folder, 'agent');
      const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
      try {
        await until(
          () => exists(socket),
          () => 'no agent',
        );
        execFileSync('ssh-add', ['-q', sshd.key], {
          env: { ...process.env, SSH_AUTH_SOCK: socket },
          stdio: 'ignore',
        });
        const who = person();
        const env = { USER: 'root', SSH_AUTH_SOCK: socket };
        await works(sshd.target({ identity: '/no/such/key', env }), who);
        expect(who.asked).toEqual([]);
      } finally {
        agent.kill();
      }
    });

    it('hears which ways were tried when none is accepted, a dead agent included', async () => {
      keygen('-t', 'ed25519', '-f', join(sshd.folder, 'stranger'));
      const env = { USER: 'root', SSH_AUTH_SOCK: '/no/such/agent' };
      const failed = fault(await open(sshd.target({ identity: join(sshd.folder, 'stranger'), env })));
      expect(failed.code).toBe('authentication-failed');
      expect(failed.where.server).toBe('idm-b');
      expect(failed.detail).toContain('the server accepts: publickey');
      expect(failed.detail).toContain('agent: not usable');
      expect(failed.detail).toContain('stranger: not accepted');
      const gone = fault(await open(sshd.target({ identity: '/no/such/key' })));
      expect(gone.detail).toContain('/no/such/key: no such file');
    });

    it('is asked for a password three times, no more', async () => {
      await sshd.restart({ lines: 'PasswordAuthentication yes' });
      try {
        const who = person({ secrets: ['one', 'two', 'three', 'four'] });
        const failed = fault(await open(sshd.target({ identity: '/no/such/key' }), who, 30_000));
        expect(failed.code).toBe('authentication-failed');
        expect(who.asked).toEqual([1, 2, 3].map((n) => `password root@127.0.0.1 ${n}`));
        expect(failed.detail).toContain('password');
        expect(
          fault(await open(sshd.target({ identity: '/no/such/key' }), person({ secrets: [null] }))).code,
        ).toBe('declined');
      } finally {
        await sshd.restart();
      }
    });

    it('may take longer than the call: its limit stands still while a question is open', async () => {
      rmSync(knownHosts());
      const slow: Prompter = {
        ...person(),
        acceptHostKey: () => new Promise((resolve) => setTimeout(() => resolve(true), 2_500)),
      };
      value(await open(sshd.target(), slow, 1_500));
    });
  });

  describe('what can be in the way', () => {
    it('a port nobody listens on is refused', async () => {
      const port = await freePort();
      const refused = fault(await open(sshd.target({ endpoint: `ssh://root@127.0.0.1:${port}` })));
      expect(refused.code).toBe('connection-refused');
      expect(refused.message).toContain(`127.0.0.1:${port}`);
    });

    it('a name that does not resolve is said to be one', async () => {
      const unknown = fault(await open(sshd.target({ endpoint: 'ssh://root@no-such-host.invalid' })));
      expect(unknown.code).toBe('name-not-found');
    });

    it('an endpoint that is none is refused before anything is dialled', async () => {
      for (const endpoint of [
        'http://x',
        'ssh://',
        'ssh://a:b@c',
        'ssh://-oProxyCommand=x',
        'ssh://h:70000',
        'ssh://h/x',
      ])
        expect(fault(await open(sshd.target({ endpoint }))).code).toBe('endpoint-invalid');
    });

    it('a server that accepts and never answers runs into the limit; one that is no sshd is said to be none', async () => {
      const sockets = new Set<Socket>();
      const silent = createServer((socket) => void sockets.add(socket));
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      const address = silent.address();
      if (address === null || typeof address === 'string') throw new Error('no port');
      const target = sshd.target({ endpoint: `ssh://root@127.0.0.1:${address.port}` });
      expect(fault(await open(target, person(), 300)).code).toBe('timed-out');
      silent.on('connection', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
      expect(['connection-closed', 'ssh-negotiation-failed']).toContain(fault(await open(target)).code);
      sockets.forEach((socket) => socket.destroy());
      silent.close();
    });

    it('whoever cancels while it connects gets that said', async () => {
      const abort = new AbortController();
      const waiting: Prompter = {
        secret: () => Promise.resolve(null),
        acceptHostKey: (_question, signal) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () => resolve(false));
            abort.abort();
          }),
      };
      const opening = openSsh(
        sshd.target(),
        waiting,
        { signal: abort.signal, timeoutMs: 10_000 },
        { pool: new ConnectionPool(0) },
      );
      expect(fault(await opening).code).toBe('cancelled');
    });
  });
});

function exists(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch {
    return false;
  }
}
