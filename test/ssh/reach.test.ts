import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Prompter } from '../../electron/engine/connect/connection';
import { ConnectionPool } from '../../electron/engine/connect/common/pool';
import { openSsh } from '../../electron/engine/connect/ssh/open-ssh';
import type { SshTarget } from '../../electron/engine/connect/ssh/address/target';
import { fault, value } from '../support/results';
import { call, keygen, missing, person, type Sshd, startSshd, until } from './sshd';

/** How people's servers and desks really are. */
describe.skipIf(missing !== null)('reaching a server', () => {
  let sshd: Sshd;
  const ssh = (...parts: string[]) => join(sshd.home, '.ssh', ...parts);
  const open = (more: Partial<SshTarget> = {}, who: Prompter = person()) =>
    openSsh(sshd.target(more), who, call(40_000), { pool: new ConnectionPool(0) });
  const works = async (more: Partial<SshTarget> = {}, who: Prompter = person()) => {
    const server = value(await open(more, who));
    expect(value(await server.kanidmd(['version'], call())).stdout).toContain('1.10.5');
    await server.close();
  };
  const hostKey = () =>
    readFileSync(join(sshd.folder, 'host', 'ed25519.pub'), 'utf8')
      .split(' ')
      .slice(0, 2)
      .join(' ');
  const spelled = () => `[127.0.0.1]:${sshd.port}`;
  const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : null);

  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd?.stop());
  beforeEach(() => {
    rmSync(ssh(), { recursive: true, force: true });
    mkdirSync(ssh(), { mode: 0o700 });
  });

  describe('with a known_hosts of the fleet', () => {
    const own = () => join(sshd.folder, 'fleet', 'known_hosts_of_fleet');
    const fleets = (text: string) => {
      mkdirSync(join(sshd.folder, 'fleet'), { recursive: true });
      writeFileSync(own(), text);
    };
    const other = () => {
      rmSync(join(sshd.folder, 'other'), { force: true });
      keygen('-t', 'ed25519', '-f', join(sshd.folder, 'other'));
      return readFileSync(join(sshd.folder, 'other.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
    };

    it('reads it beside the person’s own, and writes into neither what it knows', async () => {
      fleets(`${spelled()} ${hostKey()}\n`);
      await works({ knownHosts: own() });
      expect(read(ssh('known_hosts'))).toBeNull();
      fleets('');
      sshd.trust('ed25519');
      await works({ knownHosts: own() });
      expect(read(own())).toBe('');
    });

    it('writes an accepted key into the person’s own, whatever file the fleet names', async () => {
      for (const file of [own(), join(sshd.home, '.bashrc'), ssh('authorized_keys'), ssh('config')]) {
        rmSync(ssh('known_hosts'), { force: true });
        const who = person({ accept: true });
        await works({ knownHosts: file }, who);
        expect(who.asked).toHaveLength(1);
        expect(read(ssh('known_hosts'))).toContain(`${spelled()} ${hostKey()}`);
        expect(read(file) ?? '').toBe('');
      }
    });

    it('of a practice fleet, which keeps its own, writes it there', async () => {
      const practice = join(sshd.folder, 'practice');
      mkdirSync(practice, { recursive: true });
      await works({ knownHosts: join(practice, 'known_hosts') }, person({ accept: true }));
      expect(read(join(practice, 'known_hosts'))).toContain(hostKey());
      expect(read(ssh('known_hosts'))).toBeNull();
    });

    it('does not hide that the person knows another key, nor the fleet', async () => {
      writeFileSync(ssh('known_hosts'), `${spelled()} ${other()}\n`);
      fleets(`${spelled()} ${hostKey()}\n`);
      const who = person({ accept: true });
      expect(fault(await open({ knownHosts: own() }, who)).code).toBe('host-key-changed');
      rmSync(ssh('known_hosts'));
      sshd.trust('ed25519');
      fleets(`${spelled()} ${other()}\n`);
      expect(fault(await open({ knownHosts: own() }, who)).code).toBe('host-key-changed');
      fleets(`@revoked * ${hostKey()}\n`);
      expect(fault(await open({ knownHosts: own() }, who)).code).toBe('host-key-revoked');
      expect(who.asked).toEqual([]);
    });

    it('that is a pipe, a terminal or endless is a fault at once, every time', async () => {
      execFileSync('mkfifo', [join(sshd.folder, 'pipe')]);
      for (let round = 0; round < 3; round++)
        for (const odd of [join(sshd.folder, 'pipe'), '/dev/ptmx', '/dev/zero']) {
          expect(fault(await open({ knownHosts: odd })).code).toBe('known-hosts-unreadable');
        }
      sshd.trust('ed25519');
      expect(fault(await open({ identity: '/dev/zero' })).detail).toContain('not a regular file');
    });
  });

  describe('as ~/.ssh/config says of host keys', () => {
    const alias = (more: string) =>
      writeFileSync(
        ssh('config'),
        `Host box\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  User root\n  IdentityFile ${sshd.key}\n${more}`,
      );
    const box = { endpoint: 'ssh://box', identity: null, knownHosts: null };

    it('an unknown one is refused without a question where it is strict', async () => {
      alias('  StrictHostKeyChecking yes\n');
      const who = person({ accept: true });
      const refused = fault(await open(box, who));
      expect(refused.code).toBe('host-key-unknown');
      expect(refused.detail).toContain(hostKey());
      expect(who.asked).toEqual([]);
      sshd.trust('ed25519');
      await works(box);
    });

    it('it is known, and written, under its alias', async () => {
      alias('  HostKeyAlias cluster\n');
      await works(box, person({ accept: true }));
      expect(read(ssh('known_hosts'))).toBe(`cluster ${hostKey()}\n`);
      await works(box);
      execFileSync('ssh-keygen', ['-F', 'cluster', '-f', ssh('known_hosts')]);
    });

    it('it is known by the machine’s list, and refused by the list of revoked ones', async () => {
      writeFileSync(ssh('machine'), `${spelled()} ${hostKey()}\n`);
      alias(`  GlobalKnownHostsFile ${ssh('machine')}\n`);
      await works(box);
      writeFileSync(ssh('revoked'), `# lost\n${hostKey()} comment\n`);
      alias(`  GlobalKnownHostsFile ${ssh('machine')}\n  RevokedHostKeys ${ssh('revoked')}\n`);
      expect(fault(await open(box)).code).toBe('host-key-revoked');
      alias(`  RevokedHostKeys ${ssh('none')}\n`);
      expect(fault(await open(box)).code).toBe('revoked-keys-unreadable');
      execFileSync('ssh-keygen', ['-q', '-k', '-f', ssh('krl'), join(sshd.folder, 'host', 'ed25519.pub')]);
      alias(`  RevokedHostKeys ${ssh('krl')}\n`);
      expect(fault(await open(box)).code).toBe('revoked-keys-unreadable');
    });
  });

  describe('with an agent that holds many keys', () => {
    const socket = () => join(sshd.folder, 'agent');
    const withAgent = async (keys: readonly string[], work: (env: SshTarget['env']) => Promise<void>) => {
      rmSync(socket(), { force: true });
      const agent = spawn('ssh-agent', ['-D', '-a', socket()], { stdio: 'ignore' });
      try {
        await until(
          () => existsSync(socket()),
          () => 'no agent',
        );
        const env = { SSH_AUTH_SOCK: socket() };
        execFileSync('ssh-add', ['-q', ...keys], { env: { ...process.env, ...env }, stdio: 'ignore' });
        await work({ USER: 'nobody', ...env });
      } finally {
        agent.kill();
      }
    };
    const strangers = () =>
      Array.from({ length: 8 }, (_, number) => {
        const key = join(sshd.folder, `stranger-${number}`);
        if (!existsSync(key)) keygen('-t', 'ed25519', '-f', key);
        return key;
      });
    beforeEach(() => sshd.trust('ed25519'));

    it('the named one is tried first, though sshd hangs up at the sixth', async () => {
      await withAgent([...strangers(), sshd.key], async (env) => {
        await works({ env, identity: sshd.key });
        writeFileSync(ssh('config'), `Host 127.0.0.1\n  IdentityFile ${sshd.key}\n`);
        await works({ env, identity: null });
      });
    });

    it('a named one with a passphrase is not asked for it, for the agent has it', async () => {
      const locked = join(sshd.folder, 'locked');
      if (!existsSync(locked)) keygen('-t', 'ed25519', '-N', 'right', '-f', locked);
      appendFileSync(join(sshd.folder, 'authorized_keys'), readFileSync(`${locked}.pub`));
      // The agent gets it without a passphrase; the file on the disk keeps its own, and has no .pub beside it.
      const loose = join(sshd.folder, 'loose');
      execFileSync('cp', [locked, loose]);
      execFileSync('chmod', ['600', loose]);
      execFileSync('ssh-keygen', ['-q', '-p', '-P', 'right', '-N', '', '-f', loose]);
      rmSync(`${locked}.pub`);
      await withAgent([...strangers(), loose], async (env) => {
        const who = person();
        await works({ env, identity: locked }, who);
        expect(who.asked).toEqual([]);
      });
      // Not in the agent: asked for before the agent's many are offered in vain.
      await withAgent(strangers(), async (env) => {
        const who = person({ secrets: ['right'] });
        await works({ env, identity: locked }, who);
        expect(who.asked).toEqual([`passphrase ${locked} 1`]);
      });
    });

    it('one named by its public half only is the agent’s', async () => {
      await withAgent([...strangers(), sshd.key], async (env) => {
        writeFileSync(
          ssh('config'),
          `Host 127.0.0.1\n  IdentityFile ${sshd.key}.pub\n  IdentitiesOnly yes\n`,
        );
        await works({ env, identity: null });
      });
    });

    it('is reached through a variable, as the named file is', async () => {
      await withAgent([sshd.key], async () => {
        const env = { USER: 'nobody', MY_AGENT: socket(), KEYS: sshd.folder };
        writeFileSync(ssh('config'), 'IdentityAgent $MY_AGENT\nIdentityFile /no/such\n');
        await works({ env, identity: null });
        writeFileSync(ssh('config'), 'IdentityAgent none\nIdentityFile ${KEYS}/key\n');
        await works({ env, identity: null });
        writeFileSync(ssh('config'), 'IdentityAgent $NOT_SET\n');
        expect(fault(await open({ env, identity: null })).code).toBe('ssh-config-invalid');
      });
    });
  });

  describe('whose login does not run what is asked for', () => {
    beforeEach(() => sshd.trust('ed25519'));
    afterEach(async () => {
      rmSync(join(sshd.home, '.bashrc'), { force: true });
      writeFileSync(join(sshd.folder, 'authorized_keys'), readFileSync(`${sshd.key}.pub`));
      await sshd.restart({});
    });

    it.each([{ sudo: true }, { sudo: false }])(
      'says that a start-up file prints, $sudo',
      async ({ sudo }) => {
        writeFileSync(join(sshd.home, '.bashrc'), 'echo "Welcome to nas01"\n');
        const noisy = fault(await open({ sudo }));
        expect(noisy.code).toBe('shell-noise');
        expect(noisy.message).toContain('.bashrc');
        expect(noisy.detail).toBe('Welcome to nas01');
        // Only for people at a terminal, or on stderr: nothing to say.
        writeFileSync(join(sshd.home, '.bashrc'), '[[ $- == *i* ]] && echo hello\necho warning >&2\n');
        await works({ sudo });
      },
    );

    it.each([
      ['ForceCommand /usr/sbin/nologin', 'login-shell-refuses'],
      ['ForceCommand /bin/false', 'login-shell-refuses'],
      ['ForceCommand /bin/echo hello', 'forced-command'],
      ['ForceCommand /bin/cat', 'forced-command'],
      ['ForceCommand internal-sftp', 'forced-command'],
    ])('%s: %s', async (line, code) => {
      await sshd.restart({ lines: line });
      expect(fault(await open()).code).toBe(code);
    });

    it('says that the key has a command of its own', async () => {
      writeFileSync(
        join(sshd.folder, 'authorized_keys'),
        `command="/bin/date" ${readFileSync(`${sshd.key}.pub`, 'utf8')}`,
      );
      const forced = fault(await open());
      expect(forced.code).toBe('forced-command');
      expect(forced.fix).toContain('authorized_keys');
    });
  });

  it('agrees on neither SHA-1 nor compression, and says so where there is nothing else', async () => {
    sshd.trust('ed25519');
    await works();
    await sshd.restart({ lines: 'MACs hmac-sha1\nCiphers aes128-ctr' });
    expect(fault(await open()).code).toBe('ssh-negotiation-failed');
    await sshd.restart({});
  });

  it('as a user with an @ sends the whole of it', async () => {
    sshd.trust('ed25519');
    const refused = fault(await open({ endpoint: `ssh://ada@corp.example@127.0.0.1:${sshd.port}` }));
    expect(refused.code).toBe('authentication-failed');
    expect(sshd.log()).toContain('user ada@corp.example');
  });

  it('whose config lies where nothing can be replaced tells so in its facts', async () => {
    sshd.trust('ed25519');
    const store = join(sshd.folder, 'store');
    mkdirSync(store, { recursive: true });
    writeFileSync(join(store, 'server.toml'), 'domain = "x"\n');
    const link = join(sshd.folder, 'etc', 'linked.toml');
    execFileSync('ln', ['-sfn', join(store, 'server.toml'), link]);
    const told = async (config: string) => {
      const server = value(await open({ config }));
      const { configFixed } = value(await server.facts(call()));
      await server.close();
      return configFixed;
    };
    expect(await told(sshd.config)).toBeNull();
    // A link to what may be replaced is followed.
    expect(await told(link)).toBeNull();
    execFileSync('mount', ['--bind', store, store]);
    try {
      execFileSync('mount', ['-o', 'remount,bind,ro', store]);
      expect(await told(link)).toEqual({ how: 'read-only', file: join(store, 'server.toml') });
      expect(await told(join(store, 'server.toml'))).toMatchObject({ how: 'read-only' });
    } finally {
      execFileSync('umount', [store]);
    }
    execFileSync('mount', ['--bind', join(store, 'server.toml'), sshd.config]);
    try {
      expect(await told(sshd.config)).toMatchObject({ how: 'mounted-alone' });
    } finally {
      execFileSync('umount', [sshd.config]);
    }
  });
});
