import ssh2 from 'ssh2';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from '../../electron/engine/connect/connection';
import { ConnectionPool } from '../../electron/engine/connect/pool';
import { openSsh } from '../../electron/engine/connect/ssh/open-ssh';
import type { SshTarget } from '../../electron/engine/connect/ssh/target';
import { fault, value } from './results';
import { call, person } from './sshd';

const open = (target: SshTarget, who: Person) =>
  openSsh(target, who, call(), { pool: new ConnectionPool(0) });

// OpenSSH's sshd asks the system for passwords, and the tests make no accounts: here the server is ssh2's.
describe('a password that is right', () => {
  let server: ssh2.Server;
  let port: number;
  let methods: ssh2.AuthenticationType[] = ['password'];
  let prompts: ssh2.Prompt[] = [{ prompt: 'Password: ', echo: false }];
  const { private: hostKey } = ssh2.utils.generateKeyPairSync('ed25519', {});

  beforeAll(async () => {
    server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
      client.on('error', () => undefined);
      client.on('authentication', (context) => {
        if (context.method === 'password' && methods.includes('password') && context.password === 'secret')
          context.accept();
        else if (context.method === 'keyboard-interactive' && methods.includes('keyboard-interactive'))
          context.prompt(prompts, (answers) => {
            if (answers[0] === 'secret') context.accept();
            else context.reject(methods);
          });
        else context.reject(methods);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    port = address.port;
  });
  afterAll(() => void server.close());
  afterEach(() => {
    methods = ['password'];
    prompts = [{ prompt: 'Password: ', echo: false }];
  });
  const target = (): SshTarget => ({
    id: 'idm-b',
    endpoint: `ssh://admin@127.0.0.1:${port}`,
    service: 'kanidmd',
    sudo: false,
    kanidmd: 'kanidmd',
    config: '/etc/kanidm/server.toml',
    identity: '/no/such/key',
    knownHosts: '/dev/null',
    home: '/no/such/home',
    env: {},
  });

  it('lets in at the second try', async () => {
    const who = person({ accept: true, secrets: ['wrong', 'secret'] });
    const opened = value(await open(target(), who));
    expect(who.asked.slice(1)).toEqual(['password admin@127.0.0.1 1', 'password admin@127.0.0.1 2']);
    await opened.close();
  });

  it('lets in by keyboard-interactive when that asks nothing but a password', async () => {
    methods = ['keyboard-interactive'];
    const who = person({ accept: true, secrets: ['wrong', 'secret'] });
    await value(await open(target(), who)).close();
    expect(who.asked).toHaveLength(3);
  });

  it('does not answer a conversation it does not understand', async () => {
    methods = ['keyboard-interactive'];
    prompts = [{ prompt: 'Code: ', echo: true }];
    const who = person({ accept: true, secrets: ['secret'] });
    const failed = fault(await open(target(), who));
    expect(failed.code).toBe('authentication-failed');
    expect(failed.detail).toContain('asks more than a password (Code:)');
    expect(who.asked).toHaveLength(1);
  });
});
