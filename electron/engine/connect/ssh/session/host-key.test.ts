import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Route } from '../address/route';
import { prepareHostKeyCheck } from './host-key';
import { knownHostLine } from './known-hosts';

/** A key as on the wire. */
const key = (last: number): Buffer =>
  Buffer.from([0, 0, 0, 11, ...Buffer.from('ssh-ed25519'), 0, 0, 0, 32, ...Array(32).fill(last)]);

it('a changed key’s command is one for a shell, whatever its file is called', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kl-host-key-'));
  const file = join(folder, "it's $(touch PWNED)");
  writeFileSync(file, `${knownHostLine('[idm.example.com]:2222', key(1), null)}\n`);
  const route: Route = {
    ...{ host: 'idm.example.com', port: 2222, user: 'ada', identities: [], identitiesOnly: false },
    ...{ agentSocket: null, hostKeyAlias: null, knownHostsFiles: [], fleetKnownHosts: file },
    ...{ systemKnownHostsFiles: [], revokedKeysFiles: [], strict: false, hashKnownHosts: false },
    ...{ jumps: [], notes: [] },
  };
  const nobody = { acceptHostKey: async () => false, secret: async () => null };
  const check = await prepareHostKeyCheck(route, { server: 'idm-a', endpoint: 'ssh://x' }, nobody);
  if (!check.ok) throw new Error(check.error.message);
  const said = await check.value.verify(key(2), new AbortController().signal);
  rmSync(folder, { recursive: true });
  expect(said).toMatchObject({ ok: false, error: { code: 'host-key-changed' } });
  expect(said.ok ? '' : said.error.fix).toContain(
    `ssh-keygen -f '${folder}/it'\\''s $(touch PWNED)' -R '[idm.example.com]:2222'`,
  );
});

it('a key of the fleet’s known_hosts is not believed where the file is not what was agreed to', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kl-host-key-'));
  const file = join(folder, 'known_hosts');
  writeFileSync(file, `${knownHostLine('idm.example.com', key(1), null)}\n`);
  const read: string[] = [];
  const route: Route = {
    ...{ host: 'idm.example.com', port: 22, user: 'ada', identities: [], identitiesOnly: false },
    ...{ agentSocket: null, hostKeyAlias: null, knownHostsFiles: [], fleetKnownHosts: file },
    ...{ systemKnownHostsFiles: [], revokedKeysFiles: [], strict: false, hashKnownHosts: false },
    ...{ jumps: [], notes: [] },
    believed: {
      believes: (path, bytes) => {
        read.push(`${path}: ${Buffer.from(bytes).toString()}`);
        return Promise.resolve(false);
      },
      writing: (_path, write) => write(),
    },
  };
  const nobody = { acceptHostKey: async () => false, secret: async () => null };
  const check = await prepareHostKeyCheck(route, { server: 'idm-a', endpoint: 'ssh://x' }, nobody);
  rmSync(folder, { recursive: true });
  expect(check).toMatchObject({ ok: false, error: { code: 'fleet-file-changed' } });
  expect(read).toEqual([`${file}: ${knownHostLine('idm.example.com', key(1), null)}\n`]);
});
