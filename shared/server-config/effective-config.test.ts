import { describe, expect, it } from 'vitest';
import { effectiveConfig, whatCounts } from './effective-config';
import { readServerConfig } from './read-server-config';

const read = (text: string) => {
  const config = readServerConfig(new TextEncoder().encode(text), {});
  if (!config.ok) throw new Error(config.error.message);
  return config.value;
};
const head = 'domain = "file.example"\norigin = "https://file.example"\ndb_path = "/file/kanidm.db"\n';
const file = read(`${head}[replication]\norigin = "repl://file:8444"\nbindaddress = "[::]:8444"\n`);
const alone = read(head);
const overrides = {
  KANIDM_DOMAIN: 'env.example',
  KANIDM_ORIGIN: 'https://env.example',
  KANIDM_DB_PATH: '/env/kanidm.db',
  KANIDM_REPLICATION_ORIGIN: 'repl://env:8444',
};
const at = (version: string | null, config = file, env: Readonly<Record<string, string>> = overrides) =>
  effectiveConfig(config, env, version);

describe('the environment against the file', () => {
  it.each([
    ['1.1.0-rc.15', 'file only'],
    ['1.1.0-rc.16', 'variable'],
    ['1.2.0', 'variable'],
    ['1.5.0', 'variable'],
    ['1.6.0-pre', 'file'],
    ['1.6.0', 'file'],
    ['1.8.6', 'file'],
    ['1.9.0-pre', 'variable'],
    ['1.9.0', 'variable'],
    ['1.10.5', 'variable'],
    ['1.12.0', 'variable'],
    [null, 'variable'],
    ['unknown', 'variable'],
  ] as const)('on %s: the %s counts', (version, counts) => {
    expect(whatCounts(version)).toBe(counts);
    const winner = counts === 'variable' ? 'env' : 'file';
    expect(at(version)).toMatchObject({
      domain: `${winner}.example`,
      replication: { origin: `repl://${winner}:8444`, bindaddress: '[::]:8444' },
    });
  });

  it('takes from variables what the file leaves out, in every version that reads them', () => {
    for (const version of ['1.5.0', '1.8.6', '1.10.5'])
      expect(at(version, read(''))).toMatchObject({ domain: 'env.example', dbPath: '/env/kanidm.db' });
    expect(at('1.1.0-rc.15', read('')).domain).toBeNull();
  });

  it('takes the file’s replication whole where the file counts, and switches it on by variables alone', () => {
    const more = { ...overrides, KANIDM_REPLICATION_TASK_POLL_INTERVAL: '600' };
    expect(at('1.8.6', file, more).replication).toEqual(file.replication);
    expect(at('1.10.5', file, more).replication?.taskPollInterval).toBe(300);
    for (const version of ['1.8.6', '1.10.5'])
      expect(at(version, alone, more).replication).toEqual({
        origin: 'repl://env:8444',
        bindaddress: '127.0.0.1:8444',
        taskPollInterval: 300,
        partners: [],
      });
    expect(at('1.10.5', alone, { KANIDM_DOMAIN: 'x' }).replication).toBeNull();
  });

  it('knows that KANIDM_DB_PATH was the origin before 1.2.3', () => {
    expect(at('1.2.2')).toMatchObject({ dbPath: '/file/kanidm.db', origin: '/env/kanidm.db' });
    expect(at('1.2.3')).toMatchObject({ dbPath: '/env/kanidm.db', origin: 'https://env.example' });
    expect(at('1.8.6').dbPath).toBe('/file/kanidm.db');
  });

  it('knows each version’s name of a variable', () => {
    const otel = { KANIDM_OTEL_GRPC_URL: 'http://old:4317', KANIDM_OTEL_GRPC_ENDPOINT: 'new:4317' };
    expect(at('1.10.5', file, otel).otelCollector).toBe('http://old:4317');
    expect(at('1.11.0', file, otel).otelCollector).toBe('new:4317');
    expect(at(null, file, { KANIDM_OTEL_GRPC_URL: 'http://old:4317' }).otelCollector).toBe('http://old:4317');
    const admin = { KANIDM_ADMIN_BIND_PATH: '/a', KANIDM_SERVER_ADMIN_BIND_PATH: '/b' };
    expect(at('1.9.4', file, admin).adminBindPath).toBe('/b');
    expect(at('1.10.0', file, admin).adminBindPath).toBe('/a');
    expect(at('1.8.6', file, admin).adminBindPath).toBe('/a');
  });

  it('lists addresses with commas', () => {
    const env = { KANIDM_BINDADDRESS: '10.0.0.1:8443,[::1]:8443' };
    expect(at('1.10.5', file, env).bindaddress).toBe('10.0.0.1:8443');
  });

  it('leaves the file’s meaning as it is', () => {
    expect(at('1.10.5', file, {})).toBe(file);
    expect(file.domain).toBe('file.example');
  });
});
