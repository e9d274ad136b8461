import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findVersion } from '../versions';
import { loadConfig } from './load';

let folder: string;
beforeAll(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'practice-config-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const base = `bindaddress = "127.0.0.1:8443"
db_path = "/data/kanidm.db"
tls_chain = "/data/chain.pem"
tls_key = "/data/key.pem"
domain = "idm.example.com"
origin = "https://idm.example.com"
`;
const replication = '[replication]\norigin = "repl://idm-a.localhost:8444"\nbindaddress = "127.0.0.1:8444"\n';

function load(text: string, env: Record<string, string> = {}, id = '1.10.5') {
  const version = findVersion(id);
  if (!version) throw new Error(id);
  const file = path.join(folder, 'server.toml');
  writeFileSync(file, text);
  return loadConfig(file, env, version);
}
function refusal(text: string, id?: string): string {
  const config = load(text, {}, id);
  return 'refused' in config ? (config.refused[0] ?? '') : 'accepted';
}
function accepted(text: string, env?: Record<string, string>, id?: string) {
  const config = load(text, env, id);
  if ('refused' in config) throw new Error(config.refused.join('\n'));
  return config;
}

describe('server.toml', () => {
  it('has defaults where Kanidm has them', () => {
    const config = accepted(base + replication);
    expect(config.adminBindPath).toBe('/data/kanidmd.sock');
    expect(config.replication?.taskPollInterval).toBe(15);
    expect(accepted(base).replication).toBeUndefined();
    expect(accepted(`${base}${replication}task_poll_interval = 9000\n`).replication?.taskPollInterval).toBe(
      300,
    );
  });

  it.each([
    ['port = 1\n', 'unknown field `port`', 'span: Some(0..4)'],
    ['thread_count = "four"\n', 'invalid type: string \\"four\\", expected u64', 'span: Some(15..21)'],
    ['version = "3"\n', 'unknown variant `3`, expected `2`', 'keys: ["version"]'],
    ['version = 2\n', 'invalid type: integer `2`, expected a string', 'span: Some(10..11)'],
  ])('refuses %j', (line, message, place) => {
    const said = refusal(line + base);
    expect(said).toContain(message);
    expect(said).toContain(place);
  });

  it.each([
    ['task_poll_interval = -1', 'invalid value: integer `-1`, expected u64'],
    ['[replication.idm-b]\ntype = "pull"', 'expected relative URL without a base'],
    ['[replication."repl://b.localhost:1"]\npartner_cert = ""', 'missing field `type`'],
    [
      '[replication."repl://b.localhost:1"]\ntype = "pull"\nsupplier_cert = 5',
      'invalid type: integer `5`, expected a string',
    ],
    ['[replication."repl://b.localhost:1"]\ntype = "allow-pull"\nconsumer_cert = "AAAA"', 'x509 der invalid'],
  ])('refuses in [replication]: %j', (lines, message) => {
    expect(refusal(`${base}${replication}${lines}\n`)).toContain(message);
  });

  it('refuses what is not TOML one step earlier', () => {
    expect(refusal(`${base}what is this\n`)).toMatch(/^Unable to parse config version from/);
  });

  it('the environment wins over the file, and on 1.2.0 KANIDM_DB_PATH is the origin', () => {
    const env = { KANIDM_DB_PATH: '/x.db', KANIDM_REPLICATION_ORIGIN: 'repl://other.localhost:1' };
    expect(accepted(base + replication, env).dbPath).toBe('/x.db');
    expect(accepted(base + replication, env).replication?.origin).toBe('repl://other.localhost:1');
    const early = accepted(base + replication, env, '1.2.0');
    expect([early.dbPath, early.origin]).toEqual(['/data/kanidm.db', '/x.db']);
  });

  it('the ACK line: needed by rc.16, unknown later', () => {
    const line = 'i_acknowledge_that_replication_is_in_development = true\n';
    expect(refusal(base + replication, '1.1.0-rc.16')).toBe(
      'Unable to proceed. Replication should not be configured manually.',
    );
    expect(refusal(line + base + replication, '1.1.0-rc.16')).toBe('accepted');
    expect(refusal(line + base + replication, '1.2.0')).toContain('unknown field `i_acknowledge');
    expect(refusal(line + base + replication, '1.10.5')).toContain('unknown field `i_acknowledge');
  });

  it('the version key is unknown before 1.6', () => {
    expect(refusal(`version = "2"\n${base}`, '1.2.0')).toContain('unknown field `version`');
  });
});
