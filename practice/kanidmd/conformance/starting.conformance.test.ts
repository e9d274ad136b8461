import https from 'node:https';
import { readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Practice } from './practice-server';
import { recorded, sayings, story } from './recorded';

let practice: Practice;
beforeAll(async () => {
  practice = await Practice.open();
});
afterEach(() => practice.killAll());
afterAll(() => practice.close());

const folder = fileURLToPath(new URL('../../../test/recorded/kanidmd-1.10.5', import.meta.url));
const configs = readdirSync(folder).flatMap((file) => /^(cfg-.*)\.server\.toml$/.exec(file)?.[1] ?? []);
const refused = configs.filter((name) => recorded(`${name}.log`).includes('Unable to parse'));

const hasIpv6 = Object.values(os.networkInterfaces()).some((all) =>
  all?.some((one) => one.family === 'IPv6'),
);

describe('a server.toml that is refused', () => {
  it('covers every recorded one', () => {
    expect(refused).toHaveLength(6);
  });

  it.each(refused)('%s: the same message to the letter, and the server stays down', async (name) => {
    const server = await practice.server('idm-d', {});
    server.writeConfig(readFileSync(path.join(folder, `${name}.server.toml`), 'utf8'));
    server.launch();
    expect(await server.exit()).toBe(1);
    const said = recorded(`${name}.log`)
      .split('\n')
      .filter((line) => /^Unable to parse|^ERROR: /.test(line));
    expect(server.log.trimEnd().split('\n')).toEqual(said);
  });

  it('configtest refuses it the same way, exit 1', async () => {
    const server = await practice.server('idm-d', {});
    server.configure([], { top: '\nbogus = 1\n' });
    const outcome = await server.run('configtest');
    expect(outcome.code).toBe(Number(recorded('configtest-bad.exit')));
    expect(outcome.stdout).toBe('');
    const start = /message: "unknown field `bogus`.*?input/.exec(recorded('configtest-bad.stderr'))?.[0];
    expect(outcome.stderr).toContain(start);
    expect(outcome.stderr).toContain('keys: [], span: Some(1..6) }');
  });
});

describe('a server.toml that is odd but starts', () => {
  it.each([
    ['cfg-https-scheme', 'https://idm-d.localhost', '127.0.0.1'],
    ['cfg-ip-origin', 'repl://172.18.0.9', '127.0.0.1'],
  ])('%s', async (name, origin, host) => {
    const server = await practice.server('idm-d', {});
    server.configure([]);
    const text = readFileSync(server.config, 'utf8');
    server.writeConfig(
      text
        .replace(server.origin, `${origin}:${server.replicationPort}`)
        .replace(`"127.0.0.1:${server.replicationPort}"`, `"${host}:${server.replicationPort}"`),
    );
    // The recorded server had its database already: what a first start says is not compared here.
    await server.start();
    await server.waitFor(/connections will be ignored/);
    await server.stop();
    const mark = server.mark();
    await server.start();
    await server.waitFor(/connections will be ignored/, mark);
    expect(story(server.since(mark))).toEqual(story(recorded(`${name}.log`).replace(/^.*Stopped.*\n/gm, '')));
  });

  it.skipIf(!hasIpv6)('cfg-ipv6-bind: listens on [::] and serves IPv4 too', async () => {
    const server = await practice.server('idm-d', {});
    const text = readFileSync(server.config, 'utf8');
    server.writeConfig(
      text.replace(`"127.0.0.1:${server.replicationPort}"`, `"[::]:${server.replicationPort}"`),
    );
    await server.start();
    await server.waitFor(/connections will be ignored/);
    net.connect(server.replicationPort, '127.0.0.1').on('error', () => undefined);
    await server.waitFor(/This is because/);
    const said = (log: string) =>
      sayings(log.replaceAll(/\[::\]:\d+/g, '[::]:PORT')).filter((one) =>
        /repl_address|replication interface|Ignoring|This is because/.test(one),
      );
    expect(said(server.log)).toEqual(said(recorded('cfg-ipv6-bind.log')));
  });

  it('without partners every connection is ignored, and says so', async () => {
    const server = await practice.server('idm-d', {});
    const other = await practice.server('idm-a', {});
    await Promise.all([server.start(), other.start()]);
    other.configure([{ to: server, certificate: await server.certificate() }]);
    await other.restart();
    await server.waitFor(/This is because/, 0, 2);
    const said = (log: string) => sayings(log).filter((one) => /ignored|Ignoring|This is because/.test(one));
    expect(said(server.log)).toEqual(said(recorded('cfg-ip-origin.log')));
  });

  it('a replication port that is the web port: the web server fails, exit 1', async () => {
    const server = await practice.server('idm-d', {});
    await server.start();
    await server.stop();
    const text = readFileSync(server.config, 'utf8');
    server.writeConfig(
      text.replace(
        `bindaddress = "127.0.0.1:${server.replicationPort}"`,
        `bindaddress = "127.0.0.1:${server.httpsPort}"`,
      ),
    );
    const mark = server.mark();
    server.launch();
    expect(await server.exit()).toBe(1);
    expect(sayings(server.since(mark))).toEqual(sayings(recorded('cfg-port-in-use.log')));
  });
});

describe('starting and stopping', () => {
  it('a second start and a stop go as recorded', async () => {
    const a = await practice.server('idm-a', {});
    const b = await practice.server('idm-b', {});
    await Promise.all([a.start(), b.start()]);
    const [certA, certB] = [await a.certificate(), await b.certificate()];
    a.configure([{ to: b, certificate: certB }]);
    b.configure([{ to: a, certificate: certA }]);
    const mark = a.mark();
    await Promise.all([a.restart(), b.restart()]);
    await a.waitFor(/Replica task for .* started/, mark);
    const stopping = a.mark();
    expect(await a.stop()).toBe(0);
    const log = a.since(mark);
    // Not from the line on stderr: the two streams arrive in any order.
    const start = (text: string) => {
      const all = story(text);
      return all.slice(all.findIndex((one) => one.includes('Starting Kanidmd')));
    };
    expect(start(log).filter((text) => !/Replica task .* stopped|Stopp/.test(text))).toEqual(
      start(recorded('log-repinned-a.log')).filter((text) => !/Stopp/.test(text)),
    );
    const stops = (text: string) =>
      sayings(text).filter((one) => /Stopped|Signal|Replica task .* stopped/.test(one));
    expect(stops(a.since(stopping))).toEqual(stops(recorded('log-repinned-a.log')));
  });

  it('a stop that comes while it starts is a clean one', async () => {
    const server = await practice.server('idm-d', {});
    server.launch();
    await server.waitFor(/Running in server mode/);
    expect(await server.stop()).toBe(0);
    expect(server.log).toContain('Stopped Replication');
  });

  it('without [replication] no certificate is shown', async () => {
    const server = await practice.server('idm-d', {});
    server.configure([], { replication: false });
    await server.start();
    const outcome = await server.run('show-replication-certificate');
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toContain('Error - you should inspect the logs.');
    await server.waitFor(/replication: disabled/);
  });

  it('missing certificate files refuse the start', async () => {
    const server = await practice.server('idm-d', {});
    server.writeConfig(readFileSync(server.config, 'utf8').replace('chain.pem', 'gone.pem'));
    server.launch();
    expect(await server.exit()).toBe(1);
    expect(server.log).toContain("TLS chain file '/data/gone.pem'");
  });
});

describe('small commands', () => {
  it('version, scripting --help, scripting healthcheck', async () => {
    const server = await practice.server('idm-a', {});
    const version = await server.run('version');
    expect(version.stdout.trim()).toBe(recorded('version.stdout').trim());
    expect((await server.run('scripting', '--help')).stdout).toBe(recorded('scripting-help.stdout'));
    expect((await server.run('scripting', 'healthcheck')).code).toBe(1);
    await server.start();
    const health = await server.run('scripting', 'healthcheck');
    expect(health.stdout.trim()).toBe(recorded('healthcheck.stdout').trim());
    expect(health.code).toBe(0);
  });
});

it('answers a request for an unknown key as recorded, and logs it', async () => {
  const server = await practice.server('idm-d', {});
  await server.start();
  const mark = server.mark();
  const get = (path: string) =>
    new Promise<{ readonly code: number; readonly id: unknown }>((resolve, reject) => {
      const at = { host: '127.0.0.1', port: server.httpsPort, rejectUnauthorized: false };
      https
        .get({ ...at, path }, (reply) => {
          reply.resume();
          resolve({ code: reply.statusCode ?? 0, id: reply.headers['x-kanidm-opid'] });
        })
        .once('error', reject);
    });
  expect(await get('/nothing')).toEqual({ code: 404, id: undefined });
  expect((await get('/status')).id).toMatch(/^[0-9a-f-]{36}$/);
  const key = 'kanilink-5f0f9c0e-6c0b-4a53-9a9c-0d6a1f2b7c11';
  const { code, id } = await get(`/v1/jwk/${key}`);
  expect(code).toBe(404);
  await server.waitFor(/handle_public_jwk_get/, mark);
  const said = server
    .since(mark)
    .split('\n')
    .filter((line) => /request|jwk/.test(line));
  expect(said.map((line) => line.slice(0, 36))).toEqual([id, id]);
  const shape = (log: string) => sayings(log.replaceAll(/latency: \d+/g, 'latency: N'));
  expect(shape(said.join('\n'))).toEqual(shape(recorded('log-unknown-key.log')));
});
