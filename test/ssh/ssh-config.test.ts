import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Prompter } from '../../electron/engine/connect/connection';
import { ConnectionPool } from '../../electron/engine/connect/common/pool';
import { openSsh } from '../../electron/engine/connect/ssh/open-ssh';
import type { SshTarget } from '../../electron/engine/connect/ssh/address/target';
import { fault, value } from '../support/results';
import { call, keygen, missing, person, type Sshd, startSshd, until } from './sshd';

describe.skipIf(missing !== null)('a server named in ~/.ssh/config', () => {
  let sshd: Sshd;
  const ssh = (...parts: string[]) => join(sshd.home, '.ssh', ...parts);
  const config = (text: string) => writeFileSync(ssh('config'), text);
  const box = (more = '') =>
    `Host box\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  User root\n  IdentityFile ${sshd.key}\n${more}`;
  const open = (more: Partial<SshTarget> = {}, who: Prompter = person()) =>
    openSsh(
      sshd.target({
        ...{ endpoint: 'ssh://box', identity: null, knownHosts: null, env: { USER: 'nobody' } },
        ...more,
      }),
      who,
      call(),
      { pool: new ConnectionPool(0) },
    );
  const works = async (more: Partial<SshTarget> = {}, who: Prompter = person()) => {
    const server = value(await open(more, who));
    expect(value(await server.kanidmd(['version'], call())).stdout).toContain('1.10.5');
    await server.close();
  };

  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd?.stop());
  beforeEach(() => {
    rmSync(ssh(), { recursive: true, force: true });
    mkdirSync(ssh(), { mode: 0o700 });
    sshd.trust('ed25519');
  });

  it('is reached with its host, port, user and key', async () => {
    config(box());
    await works();
  });

  it('is reached with what an included file says of it', async () => {
    mkdirSync(ssh('config.d'));
    writeFileSync(ssh('config.d', '10-box.conf'), box());
    config('Include config.d/*.conf\nHost box\n  Port 1\n');
    await works();
  });

  it('is known by the file UserKnownHostsFile names; an accepted key is written there', async () => {
    config(box(`  UserKnownHostsFile ${ssh('own')} ${ssh('other')}\n`));
    const who = person({ accept: true });
    const before = readFileSync(ssh('known_hosts'), 'utf8');
    await works({}, who);
    expect(who.asked).toHaveLength(1);
    expect(readFileSync(ssh('own'), 'utf8')).toContain(`[127.0.0.1]:${sshd.port} ssh-ed25519 `);
    expect(existsSync(ssh('other'))).toBe(false);
    expect(readFileSync(ssh('known_hosts'), 'utf8')).toBe(before);
    await works();
  });

  it('with IdentitiesOnly sees none of the agent’s other keys', async () => {
    const socket = join(sshd.folder, 'agent');
    const stranger = join(sshd.folder, 'stranger');
    keygen('-t', 'ed25519', '-f', stranger);
    const printed = execFileSync('ssh-keygen', ['-lf', stranger], { encoding: 'utf8' }).split(' ')[1] ?? '';
    expect(printed).toMatch(/^SHA256:/);
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    try {
      await until(
        () => existsSync(socket),
        () => 'no agent',
      );
      execFileSync('ssh-add', ['-q', stranger], {
        env: { ...process.env, SSH_AUTH_SOCK: socket },
        stdio: 'ignore',
      });
      const env = { USER: 'nobody', SSH_AUTH_SOCK: socket };
      config(box('  IdentitiesOnly yes\n'));
      await works({ env });
      expect(sshd.log()).not.toContain(printed);
      // A named one comes first in any case; the others are offered when it does not let in.
      config(box());
      await works({ env });
      expect(sshd.log()).not.toContain(printed);
      config(box().replace(sshd.key, '/no/such/key'));
      expect(fault(await open({ env })).code).toBe('authentication-failed');
      expect(sshd.log()).toContain(printed);
    } finally {
      agent.kill();
    }
  });

  it('that only a Match would describe is not reached, and the Match is named as unsupported', async () => {
    const witness = join(sshd.folder, 'witness');
    config(
      `Match host box exec "touch ${witness}"\n  IdentityFile ${sshd.key}\n${box().replace(sshd.key, '/no/such/key')}`,
    );
    const failed = fault(await open());
    expect(failed.code).toBe('authentication-failed');
    expect(failed.detail).toContain('/no/such/key: no such file');
    expect(failed.detail).toContain(`${ssh('config')}: \`Match host box exec`);
    expect(failed.detail).toContain('is not supported');
    expect(existsSync(witness)).toBe(false);
  });

  it('whose file has an error is not reached by half of it', async () => {
    config(box());
    appendFileSync(ssh('config'), 'Host other\n  Include config\n');
    await works();
    config(`Include ${ssh('config')}\n${box()}`);
    const failed = fault(await open());
    expect(failed.code).toBe('ssh-config-invalid');
    expect(failed.detail).toContain('include each other');
  });
});
