import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostAliases } from './host-aliases';
import { resolveRoute } from './route';
import { inOwnFolder } from '../../../../../test/support/own-folder';

describe('the way to a server', () => {
  let home: string;
  const where = { server: 'idm-b', endpoint: 'ssh://x' };
  const config = (text: string) => writeFile(join(home, '.ssh', 'config'), text);
  const route = async (
    endpoint: string,
    more: { identity?: string; knownHosts?: string; env?: Record<string, string> } = {},
  ) => {
    const wanted = { endpoint, identity: null, knownHosts: null, home, env: { USER: 'me' }, ...more };
    const resolved = await resolveRoute(wanted, where);
    if (!resolved.ok) throw new Error(resolved.error.code);
    return resolved.value;
  };

  inOwnFolder('route', async (made) => {
    home = made;
    await mkdir(join(home, '.ssh'));
  });

  it('without a config is ssh’s own default', async () => {
    expect(await route('ssh://idm.example.com')).toMatchObject({
      host: 'idm.example.com',
      port: 22,
      user: 'me',
      identitiesOnly: false,
      agentSocket: null,
      knownHostsFiles: [join(home, '.ssh/known_hosts'), join(home, '.ssh/known_hosts2')],
      hashKnownHosts: false,
    });
  });

  it('follows an alias, in any case of keywords, the first value winning', async () => {
    await config(
      'Host box\n  hostname idm.example.com\n  PORT 2222\n  User admin\n  User other\nHost *\n  User all\n  Port 1\n',
    );
    expect(await route('ssh://box')).toMatchObject({ host: 'idm.example.com', port: 2222, user: 'admin' });
    expect(await route('ssh://root@box:99')).toMatchObject({
      host: 'idm.example.com',
      port: 99,
      user: 'root',
    });
    expect(await route('ssh://elsewhere')).toMatchObject({ host: 'elsewhere', port: 1, user: 'all' });
  });

  it('takes the keys it names, in order, with ~ and tokens resolved; the fleet’s own key replaces them', async () => {
    await config(
      'Host box\n  IdentityFile ~/.ssh/%r@%h\n  IdentityFile /keys/%n\n  IdentitiesOnly yes\n  User u\n  HostName h.example.com\n',
    );
    const found = await route('ssh://box');
    expect(found.identities.map(({ path }) => path)).toEqual([
      join(home, '.ssh/u@h.example.com'),
      '/keys/box',
    ]);
    expect(found.identitiesOnly).toBe(true);
    expect((await route('ssh://box', { identity: '/k' })).identities).toEqual([{ path: '/k', named: true }]);
  });

  it('takes known_hosts files and the agent from it', async () => {
    await config('UserKnownHostsFile /a ~/b\nIdentityAgent none\nHashKnownHosts yes\n');
    const found = await route('ssh://box', { env: { USER: 'me', SSH_AUTH_SOCK: '/agent' } });
    expect(found).toMatchObject({
      knownHostsFiles: ['/a', join(home, 'b')],
      agentSocket: null,
      hashKnownHosts: true,
    });
    await config('');
    expect((await route('ssh://box', { env: { SSH_AUTH_SOCK: '/agent' } })).agentSocket).toBe('/agent');
  });

  it('fills in variables and tokens, and refuses a variable that is not set', async () => {
    const env = { USER: 'me', SSH_TPM_AUTH_SOCK: '/run/tpm.sock', HOME: '/elsewhere', KEYS: '/keys' };
    await config(
      [
        'IdentityAgent $SSH_TPM_AUTH_SOCK',
        'IdentityFile ${HOME}/.ssh/k',
        'IdentityFile %d/.ssh/%r@%n-%p',
        'IdentityFile ~/.ssh/${KEYS}%%',
        'UserKnownHostsFile ${KEYS}/known',
        'RevokedHostKeys ${KEYS}/revoked',
        'User ada@corp.example',
      ].join('\n'),
    );
    const found = await route('ssh://box:99', { env });
    expect(found.agentSocket).toBe('/run/tpm.sock');
    expect(found.identities.map(({ path }) => path)).toEqual([
      '/elsewhere/.ssh/k',
      join(home, '.ssh/ada@corp.example@box-99'),
      `${home}/.ssh//keys%`.replace('//', '/'),
    ]);
    expect(found.knownHostsFiles).toEqual(['/keys/known']);
    expect(found.revokedKeysFiles).toEqual(['/keys/revoked']);
    expect(found.user).toBe('ada@corp.example');
    await config('IdentityAgent ${KEYS}/agent\n');
    expect((await route('ssh://box', { env })).agentSocket).toBe('/keys/agent');
    for (const line of [
      'IdentityAgent $NOT_SET',
      'IdentityFile ${NOT_SET}/k',
      'UserKnownHostsFile ${NOT_SET}',
    ]) {
      await config(line);
      await expect(route('ssh://box', { env }), line).rejects.toThrow('ssh-config-invalid');
    }
  });

  it('follows what decides about host keys, and says what it does not follow', async () => {
    await config(
      'HostKeyAlias Cluster\nStrictHostKeyChecking yes\nUserKnownHostsFile none\nGlobalKnownHostsFile /g /h\nKnownHostsCommand /bin/keys %H\n',
    );
    expect(await route('ssh://box')).toMatchObject({
      hostKeyAlias: 'cluster',
      strict: true,
      knownHostsFiles: [],
      systemKnownHostsFiles: ['/g', '/h'],
      notes: [expect.stringContaining('`KnownHostsCommand` is not supported')],
    });
    await config('StrictHostKeyChecking accept-new\n');
    expect(await route('ssh://box')).toMatchObject({
      hostKeyAlias: null,
      strict: false,
      revokedKeysFiles: [],
    });
  });

  it.each(['HostName a,b', 'HostName -x', 'User a;b', 'HostKeyAlias a|b', 'Port 0', 'Port x'])(
    'refuses %j, which is in no grammar',
    async (line) => {
      await config(`Host box\n  ${line}\n`);
      await expect(route('ssh://box')).rejects.toThrow('ssh-config-invalid');
    },
  );

  it('matches patterns in a moment, and includes no more than anybody has', async () => {
    await config(`Host ${'*a'.repeat(2_000)}b\n  User evil\nHost *\n  User good\n`);
    const began = performance.now();
    expect((await route(`ssh://${'a'.repeat(250)}`)).user).toBe('good');
    expect(performance.now() - began).toBeLessThan(2_000);
    await mkdir(join(home, '.ssh', 'd'));
    for (let file = 0; file < 300; file++) await writeFile(join(home, '.ssh', 'd', `${file}`), 'User x\n');
    await config('Include d/*\n');
    await expect(route('ssh://box')).rejects.toThrow('ssh-config-invalid');
  });

  it('never runs what a Match names', async () => {
    const witness = join(home, 'ran');
    await config(`Match exec "touch ${witness}"\n  User evil\nHost *\n  User good\n`);
    expect((await route('ssh://box')).user).toBe('good');
    await expect(rm(witness)).rejects.toThrow();
  });

  it('says what it left out', async () => {
    await config('Match host box\n  User evil\nHost *\n  User good\n');
    const { user, notes } = await route('ssh://box');
    expect(user).toBe('good');
    expect(notes).toEqual([expect.stringContaining('`Match host box` is not supported')]);
  });

  it('goes through the hosts of ProxyJump, each with its own settings', async () => {
    await config(
      `Host box
  ProxyJump ada@gate:2222,inner
Host gate
  HostName gate.example.com
  Port 1
  IdentityFile /keys/gate
Host inner
  HostName 192.0.2.9
  User bob
  ProxyJump nobody
Host *
  UserKnownHostsFile /known
`,
    );
    const found = await route('ssh://box', { identity: '/k', knownHosts: '/own' });
    expect(found.jumps.map(({ user, host, port, jumps }) => ({ user, host, port, jumps }))).toEqual([
      { user: 'ada', host: 'gate.example.com', port: 2222, jumps: [] },
      // Not through `nobody`: the way to it is said by the list.
      { user: 'bob', host: '192.0.2.9', port: 22, jumps: [] },
    ]);
    expect(found.jumps.map(({ identities }) => identities[0]?.path)).toEqual([
      '/keys/gate',
      join(home, '.ssh/id_rsa'),
    ]);
    expect(found.jumps.map(({ knownHostsFiles }) => knownHostsFiles)).toEqual([['/known'], ['/known']]);
    // A fleet's own is read beside the person's, never instead, and not for the hosts on the way.
    expect(found.knownHostsFiles).toEqual(['/known']);
    expect(found.fleetKnownHosts).toBe('/own');
    expect(found.jumps.map(({ fleetKnownHosts }) => fleetKnownHosts)).toEqual([null, null]);
  });

  it('follows the ProxyJump of the first host on the way, but never in a circle', async () => {
    await config('Host box\n  ProxyJump gate\nHost gate\n  ProxyJump outer\n');
    expect((await route('ssh://box')).jumps.map(({ host }) => host)).toEqual(['outer', 'gate']);
    await config('Host box\n  ProxyJump gate\nHost gate\n  ProxyJump box\n');
    await expect(route('ssh://box')).rejects.toThrow('proxy-jump-invalid');
    await config('Host box\n  ProxyJump -oProxyCommand=evil\n');
    await expect(route('ssh://box')).rejects.toThrow('proxy-jump-invalid');
    await config('Host box\n  ProxyJump none\n');
    expect((await route('ssh://box')).jumps).toEqual([]);
    await config('Host box\n  ProxyCommand nc %h %p\n');
    await expect(route('ssh://box')).rejects.toThrow('proxy-command-unsupported');
  });

  describe('Include', () => {
    const beside = (name: string, text: string) => writeFile(join(home, '.ssh', name), text);

    it('takes files by name and wildcard, relative to ~/.ssh, the first value winning', async () => {
      await mkdir(join(home, '.ssh', 'd'));
      await beside('d/2.conf', 'Host box\n  Port 2\n  User two\n');
      await beside('d/1.conf', 'Host box\n  Port 1\n');
      await beside('d/.hidden.conf', 'Host box\n  HostName hidden\n');
      await config('Include d/*.conf missing\nHost box\n  User late\n  HostName real.example.com\n');
      expect(await route('ssh://box')).toMatchObject({ host: 'real.example.com', port: 1, user: 'two' });
    });

    it('inside a Host counts only for it', async () => {
      await beside('more', 'Port 77\nHost *\n  User included\n');
      await config('Host b* !bad\n  Port 5\n  Include more\n  User after\nHost *\n  HostName h\n');
      expect(await route('ssh://box')).toMatchObject({ host: 'h', port: 5, user: 'included' });
      expect(await route('ssh://bad')).toMatchObject({ host: 'h', port: 22, user: 'me' });
    });

    it('without an end is refused in words', async () => {
      await config('Include config\n');
      await expect(route('ssh://box')).rejects.toThrow('ssh-config-invalid');
    });

    it('offers its aliases too', async () => {
      await beside('more', 'Host c\n');
      await config('Host a b\nInclude more\nHost *.x !c d?\nHost a\n  Port 1\nMatch host z\n  Port 2\n');
      expect(await hostAliases(home)).toEqual(['a', 'b', 'c']);
      await rm(join(home, '.ssh', 'config'));
      expect(await hostAliases(home)).toEqual([]);
    });
  });
});
