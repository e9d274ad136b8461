import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Prompter } from '../../electron/engine/connect/connection';
import { ConnectionPool } from '../../electron/engine/connect/common/pool';
import { openSsh } from '../../electron/engine/connect/ssh/open-ssh';
import type { SshTarget } from '../../electron/engine/connect/ssh/address/target';
import { makeSshKey } from '../../practice/host/keys';
import { fault, value } from '../support/results';
import { call, person, until } from './sshd';

const open = (target: SshTarget, who: Prompter) =>
  openSsh(target, who, call(), { pool: new ConnectionPool(0) });

// OpenSSH's sshd asks the system for passwords, and the tests make no accounts: here the server is ssh2's.
describe('a password, and what else a server asks', () => {
  let server: ssh2.Server;
  let port: number;
  let methods: ssh2.AuthenticationType[] = ['password'];
  /** What it asks by keyboard-interactive, round by round, and the answers that are right. */
  let rounds: ssh2.Prompt[][] = [];
  let expected: string[][] = [];
  /** The methods that must follow a right password. */
  let afterPassword: ssh2.AuthenticationType[] | null = null;
  const clients: ssh2.Connection[] = [];
  const home = mkdtempSync(join(tmpdir(), 'kanilink-keyboard-'));

  beforeAll(async () => {
    // Nothing is kept, so that each connection asks.
    mkdirSync(join(home, '.ssh'));
    writeFileSync(join(home, '.ssh', 'config'), 'UserKnownHostsFile /dev/null\n');
    server = new ssh2.Server({ hostKeys: [makeSshKey('host').privateKey] }, (client) => {
      clients.push(client);
      client.on('error', () => undefined).on('close', () => clients.splice(clients.indexOf(client), 1));
      let left = methods;
      // Only what tells that commands run as they are sent.
      client.on('session', (accept) =>
        accept().on('exec', (accepted, rejected, { command }) => {
          const word = /kanilink-[0-9a-f]+/.exec(command)?.[0];
          if (word === undefined) return void rejected();
          const channel = accepted();
          channel.write(`${word}\n`);
          channel.exit(0);
          channel.end();
        }),
      );
      client.on('authentication', (context) => {
        if (!left.includes(context.method)) return context.reject(left);
        if (context.method === 'password') {
          if (context.password !== 'secret') return context.reject(left);
          if (afterPassword === null) return context.accept();
          left = afterPassword;
          return context.reject(left, true);
        }
        if (context.method !== 'keyboard-interactive') return context.reject(left);
        const ask = (round: number): void => {
          const prompts = rounds[round];
          if (prompts === undefined) return context.accept();
          context.prompt(prompts, '', prompts.length > 0 ? 'Only today.' : '', (answers) => {
            if (JSON.stringify(answers) === JSON.stringify(expected[round])) ask(round + 1);
            else context.reject(left);
          });
        };
        ask(0);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    port = address.port;
  });
  afterAll(() => {
    server.close();
    rmSync(home, { recursive: true, force: true });
  });
  beforeEach(() => {
    methods = ['password'];
    afterPassword = null;
    rounds = [[{ prompt: 'Password: ', echo: false }]];
    expected = [['secret']];
  });
  const target = (): SshTarget => ({
    id: 'idm-b',
    endpoint: `ssh://admin@127.0.0.1:${port}`,
    service: 'kanidmd',
    sudo: false,
    kanidmd: 'kanidmd',
    config: '/etc/kanidm/server.toml',
    identity: '/no/such/key',
    knownHosts: null,
    home,
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

  it('shows every prompt in the server’s own words, in order, over several rounds', async () => {
    methods = ['keyboard-interactive'];
    rounds = [
      [
        { prompt: 'Password: ', echo: false },
        { prompt: 'Favourite\u001b[2J colour:\n', echo: true },
      ],
      [],
      [{ prompt: 'Verification code: ', echo: false }],
    ];
    expected = [['secret', 'blue'], [], ['123456']];
    const who = person({ accept: true, secrets: ['secret', 'blue', '123456'] });
    await value(await open(target(), who)).close();
    expect(who.asked.slice(1)).toEqual([
      'password admin@127.0.0.1 1',
      'answer admin@127.0.0.1 1 Favourite [2J colour: (seen)',
      'answer admin@127.0.0.1 1 Only today. Verification code:',
    ]);
  });

  it('begins anew when an answer was wrong, three times at most', async () => {
    methods = ['keyboard-interactive'];
    rounds = [[{ prompt: 'Code: ', echo: false }]];
    expected = [['right']];
    const who = person({ accept: true, secrets: ['wrong', 'right'] });
    await value(await open(target(), who)).close();
    const hopeless = person({ accept: true, secrets: ['1', '2', '3', 'right'] });
    const failed = fault(await open(target(), hopeless));
    expect(failed.code).toBe('authentication-failed');
    expect(failed.detail).toContain('keyboard-interactive: not accepted');
    expect(hopeless.asked.slice(1)).toHaveLength(3);
    const declining = person({ accept: true, secrets: [null] });
    expect(fault(await open(target(), declining)).code).toBe('declined');
  });

  it('gives a password again by itself after a lost connection, but never a code', async () => {
    methods = ['keyboard-interactive'];
    rounds = [[{ prompt: 'Password: ', echo: false }], [{ prompt: 'One-time password: ', echo: false }]];
    expected = [['secret'], ['111']];
    const who = person({ accept: true, secrets: ['secret', '111', '222'] });
    const connection = value(await open(target(), who));
    expected = [['secret'], ['222']];
    const gone = clients.map((client) => new Promise((resolve) => client.on('close', () => resolve(null))));
    for (const client of clients) client.end();
    await Promise.all(gone);
    // The server runs no programs: that it says so means that it was reached again.
    await until(
      async () => fault(await connection.kanidmd(['version'], call())).code === 'channel-refused',
      () => 'not reached again',
    );
    expect(who.asked.slice(1).map((asked) => asked.replace(/^host key.*/, 'host key'))).toEqual([
      'password admin@127.0.0.1 1',
      'answer admin@127.0.0.1 1 Only today. One-time password:',
      'host key',
      'answer admin@127.0.0.1 1 Only today. One-time password:',
    ]);
    await connection.close();
  });

  it('gives up a conversation without an end', async () => {
    methods = ['keyboard-interactive'];
    rounds = Array.from({ length: 12 }, () => [{ prompt: 'More? ', echo: true }]);
    expected = rounds.map(() => ['yes']);
    const who = person({ accept: true, secrets: rounds.map(() => 'yes') });
    const failed = fault(await open(target(), who));
    expect(failed.code).toBe('authentication-failed');
    expect(failed.detail).toContain('does not stop asking');
  });

  it('answers a password and then a code where the server wants both methods', async () => {
    methods = ['password'];
    afterPassword = ['keyboard-interactive'];
    rounds = [[{ prompt: 'Code: ', echo: false }]];
    expected = [['7']];
    const who = person({ accept: true, secrets: ['secret', '7'] });
    await value(await open(target(), who)).close();
    expect(who.asked.slice(1)).toEqual([
      'password admin@127.0.0.1 1',
      'answer admin@127.0.0.1 1 Only today. Code:',
    ]);
  });
});
