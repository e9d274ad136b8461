import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inspected } from '../../electron/engine/connect/docker/api/replies';
import { readCertificate } from '../../shared/certificates/read-certificate';
import { readCertificateOutput, readDomain } from '../../shared/kanidmd/read-output';
import { readLog } from '../../shared/kanidmd/rounds';
import { checkServerConfig } from '../../shared/server-config/check-server-config';

const RECORDED = fileURLToPath(new URL('../recorded/', import.meta.url));
const prefix = 'kanidmd-';

/** Versions whose recordings were made by test/kanidm/words.test.ts. */
const versions = readdirSync(RECORDED)
  .filter((name) => existsSync(`${RECORDED}${name}/health-healthy.json`))
  .map((name) => name.slice(prefix.length));

describe.each(versions)('recorded from kanidmd %s', (version) => {
  const text = (name: string): string => readFileSync(`${RECORDED}${prefix}${version}/${name}`, 'utf8');
  const printed = (name: string) => ({ stdout: text(`${name}.stdout`), stderr: text(`${name}.stderr`) });
  const toldBy = (name: string): string[] => {
    const lines = text(name)
      .split('\n')
      .filter((line) => line !== '')
      .map((line, index) => ({ at: index * 100_000, text: line }));
    return readLog(lines, 0, lines.length * 100_000 + 2_000_000).rounds.map(
      ({ kind, outcome }) => `${kind} ${outcome.kind === 'trouble' ? outcome.trouble.code : outcome.kind}`,
    );
  };

  it('a server without replication shows no certificate, and says why', () => {
    const read = readCertificateOutput(printed('show-cert-without-replication'));
    expect(read.ok).toBe(false);
  });

  it('the certificate of an IPv4 origin has the address, and its pair replicates', () => {
    const read = readCertificateOutput(printed('show-cert-ip-origin-a'));
    const certificate = read.ok ? readCertificate(read.value, {}) : read;
    expect(certificate.ok && certificate.value.names.join()).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    for (const side of ['a', 'b'])
      expect(toldBy(`log-ip-origin-${side}.log`).at(-1)).toBe('incremental success');
  });

  it('with OpenTelemetry nothing is said, and that is told apart from a dead server', () => {
    for (const read of [
      readDomain(printed('otel-domain-show')),
      readCertificateOutput(printed('otel-show-cert')),
    ])
      expect(!read.ok && read.error.code).toBe('words-go-elsewhere');
  });

  it('HEALTHCHECK says starting of a server that answers', () => {
    const health = inspected.shape.State.shape.Health;
    expect(health.parse(JSON.parse(text('health-starting.json')))?.Status).toBe('starting');
    expect(health.parse(JSON.parse(text('health-healthy.json')))?.Status).toBe('healthy');
  });

  it.each([
    ['no-bindaddress', 'exited'],
    ['unknown-key', 'exited'],
    ['backup-bad-cron', 'exited'],
    ['ldap-by-name', 'exited'],
    ['toml-1.1', 'running'],
  ] as const)('a server.toml that it was started with: %s, then %s', (name, state) => {
    expect(text(`given-${name}.state`)).toMatch(new RegExp(`^${state} `));
    const bytes = new TextEncoder().encode(text(`given-${name}.server.toml`));
    const errors = checkServerConfig(bytes, version, {}, {}).filter(({ severity }) => severity === 'error');
    expect(errors.length > 0, JSON.stringify(errors)).toBe(state === 'exited');
  });

  it('an IPv6 origin: it runs, and its listener never starts', () => {
    expect(text('given-ipv6-origin.state')).toMatch(/^running /);
    const bytes = new TextEncoder().encode(text('given-ipv6-origin.server.toml'));
    expect(checkServerConfig(bytes, version, {}, {}).some(({ severity }) => severity === 'error')).toBe(true);
  });
});
