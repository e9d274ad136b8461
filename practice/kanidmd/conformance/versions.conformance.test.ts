import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { linkTo, makePair, readyServers } from './pairing';
import { Practice } from './practice-server';
import { recorded, sayings } from './recorded';

let practice: Practice;
beforeAll(async () => {
  practice = await Practice.open();
});
afterEach(() => practice.killAll());
afterAll(() => practice.close());

const refresh = ['refresh-replication-consumer', '--i-want-to-refresh-this-servers-database'] as const;
const withoutStops = (log: string) =>
  sayings(log).filter((one) => !/Stopped|Signal|Stopping|has stopped/.test(one));

describe('1.11.1', () => {
  const version = '1.11.1';
  it('pairs, refreshes and stops as recorded', async () => {
    const [a, b] = await readyServers(practice, ['n-a', 'n-b'], { version });
    if (!a || !b) throw new Error('no servers');
    a.server.configure([linkTo(b)]);
    b.server.configure([linkTo(a)]);
    await a.server.start();
    const mark = b.server.mark();
    await b.server.start();
    await b.server.waitFor(/You must manually resolve/, mark);
    await a.server.waitFor(/You must manually resolve/);
    const done = await b.server.run(...refresh);
    expect(sayings(done.stdout)).toEqual(sayings(recorded('refresh.stdout', version)));
    await b.server.waitFor(/Incremental Replication Success/, mark, 2);
    await b.server.stop();
    // The recorded stop was of a server without partners: its line about a stopped task is missing.
    const said = sayings(b.server.since(mark)).filter((one) => !/Stopping 1|has stopped/.test(one));
    expect(said).toEqual(sayings(recorded('log-refresh-b.log', version)));
  });

  it('a renewal takes two seconds and prints the new certificate', async () => {
    const { a, certA } = await makePair(practice, ['n-a', 'n-b'], { version });
    const renewed = await a.run('renew-replication-certificate');
    expect(sayings(renewed.stdout)).toEqual(sayings(recorded('renew.stdout', version)));
    expect(await a.certificate()).not.toBe(certA);
    const shown = await a.run('show-replication-certificate');
    expect(sayings(shown.stdout)).toEqual(sayings(recorded('show-cert.stdout', version)));
    const meta = await a.run('show-replication-certificate-metadata');
    expect(sayings(meta.stdout)).toEqual(sayings(recorded('show-cert-meta.stdout', version)));
    expect((await a.run('version')).stdout).toBe(recorded('version.stdout', version));
  });
});

it('a 1.10.5 consumer of a 1.11.1 supplier: the refresh fails, the data stay', async () => {
  const [a] = await readyServers(practice, ['n-a'], { version: '1.11.1' });
  const [b] = await readyServers(practice, ['o-b']);
  if (!a || !b) throw new Error('no servers');
  a.server.configure([linkTo(b)]);
  b.server.configure([linkTo(a)]);
  await b.server.run('practice', 'create-person', 'kept');
  await a.server.start();
  const [markA, markB] = [a.server.mark(), b.server.mark()];
  await b.server.start();
  await b.server.waitFor(/You must manually resolve/, markB, 2);
  await a.server.waitFor(/You must manually resolve/, markA);
  const rounds = (log: string) => sayings(log).filter((one) => one.includes('repl_run_consumer [T]'));
  expect(rounds(b.server.since(markB))).toEqual(rounds(recorded('log-mixed-versions-old.log', '1.11.1')));
  const outcome = await b.server.run(...refresh);
  expect(sayings(outcome.stdout)).toEqual(sayings(recorded('mixed-refresh-old.stdout', '1.11.1')));
  expect(b.server.since(markB)).toContain(
    'incoming domain level is greater than our maximum supported level. 15 > 14',
  );
  expect(await b.server.persons()).toEqual(['kept']);
});

describe('1.2.0', () => {
  const version = '1.2.0';
  it('pairs and refreshes with its own span heads', async () => {
    const [a, b] = await readyServers(practice, ['q-a', 'q-b'], { version });
    if (!a || !b) throw new Error('no servers');
    a.server.configure([linkTo(b)]);
    b.server.configure([linkTo(a)]);
    const markA = a.server.mark();
    await a.server.start();
    const markB = b.server.mark();
    await b.server.start();
    await b.server.waitFor(/You must manually resolve/, markB);
    await a.server.waitFor(/You must manually resolve/, markA);
    await b.server.waitFor(/Consumer Domain UUID/, markB);
    const done = await b.server.run(...refresh);
    expect(sayings(done.stdout)).toEqual(sayings(recorded('refresh.stdout', version)));
    expect(sayings(done.stderr)).toEqual(sayings(recorded('refresh.stderr', version)));
    await b.server.waitFor(/no changes are available/, markB, 2);
    await a.server.waitFor(/no changes are available/, markA, 2);
    expect(withoutStops(b.server.since(markB))).toEqual(
      withoutStops(recorded('log-refresh-b.log', version)).filter((one) => !one.includes('Logging pipeline')),
    );
    const early = (one: string) => !one.includes('Unable to connect to supplier');
    expect(withoutStops(a.server.since(markA)).filter(early)).toEqual(
      withoutStops(recorded('log-refresh-a.log', version)).filter((one) => !one.includes('Logging pipeline')),
    );
  });

  it('commands: certificate as text and JSON, no metadata, no scripting, healthcheck', async () => {
    const server = await practice.server('q-a', { version });
    await server.start();
    const shown = await server.run('show-replication-certificate');
    expect(sayings(shown.stdout)).toEqual(sayings(recorded('show-cert.stdout', version)));
    const json = await server.run('show-replication-certificate', '-o', 'json');
    expect(sayings(json.stdout)).toEqual(sayings(recorded('show-cert-json.stdout', version)));
    expect(sayings(json.stderr)).toEqual(sayings(recorded('show-cert-json.stderr', version)));
    for (const [args, name] of [
      [['show-replication-certificate-metadata'], 'show-cert-meta'],
      [['scripting', 'healthcheck'], 'healthcheck-scripting'],
    ] as const) {
      const refused = await server.run(...args);
      expect(refused.code).toBe(Number(recorded(`${name}.exit`, version)));
      expect(refused.stderr.trim()).toBe(recorded(`${name}.stderr`, version).trim());
    }
    expect((await server.run('version')).stdout.trim()).toBe(recorded('version.stdout', version).trim());
    const domain = await server.run('domain', 'show');
    expect(sayings(domain.stdout)).toEqual(sayings(recorded('domain-show.stdout', version)));
    expect((await server.run('healthcheck')).code).toBe(0);

    const certificate = new X509Certificate(Buffer.from(await server.certificate(), 'base64url'));
    const days = (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / 86_400_000;
    expect(days).toBe(180);
    expect(certificate.ca).toBe(false);
  });

  it('the ACK line is an unknown field, the server stays down', async () => {
    const server = await practice.server('q-a', { version });
    server.configure([], { top: 'i_acknowledge_that_replication_is_in_development = true\n' });
    server.launch();
    expect(await server.exit()).toBe(1);
    const text = recorded('cfg-ack-line.log', version);
    const lines = text.slice(
      text.indexOf('Unable to parse'),
      text.indexOf('server cannot start!\n', text.indexOf('Failed to parse')),
    );
    const plain = (log: string) => log.replace(/line: Some\(\d+\), col: 0, at: Some\(\d+\)/, 'PLACE');
    expect(plain(server.log)).toContain(plain(lines));
  });

  it('configtest on a staged copy with its own paths rocks', async () => {
    const server = await practice.server('q-a', { version });
    const folder = path.join(server.folder, 'ct');
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    const staged = path.join(folder, 'new.toml');
    const text = readFileSync(server.config, 'utf8');
    writeFileSync(staged, text.replace('/kanidm.db"', `/ct/ct.db"\nadminbindpath = "${folder}/ct.sock"`));
    const outcome = await server.runWith(staged, 'configtest');
    expect(outcome.code).toBe(Number(recorded('configtest-staged-copy.exit', version)));
    expect(sayings(outcome.stdout)).toEqual(sayings(recorded('configtest-staged-copy.stdout', version)));
    expect(sayings(outcome.stderr)).toEqual(sayings(recorded('configtest-staged-copy.stderr', version)));
  });

  it('configtest by environment overwrites the origin, exit 0', async () => {
    const server = await practice.server('q-a', { version });
    await server.start();
    server.set({
      env: { KANIDM_DB_PATH: '/data/ct.db', KANIDM_ADMIN_BIND_PATH: `${server.folder}/ct.sock` },
    });
    const outcome = await server.run('configtest');
    expect(outcome.code).toBe(0);
    expect(sayings(outcome.stdout)).toEqual(sayings(recorded('configtest-staged.stdout', version)));
    expect(outcome.stdout).not.toContain('rocks');
  });
});

describe('1.1.0-rc.16', () => {
  const version = '1.1.0-rc.16';
  it('starts with the ACK line only', async () => {
    const server = await practice.server('idm-a', { version });
    server.launch();
    expect(await server.exit()).toBe(1);
    expect(server.log).toContain('Unable to proceed. Replication should not be configured manually.');
    const text = readFileSync(server.config, 'utf8');
    server.writeConfig(`i_acknowledge_that_replication_is_in_development = true\n${text}`);
    await server.start();
    expect(await server.certificate()).toMatch(/^MII/);
  });
});
