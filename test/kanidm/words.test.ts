import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCertificate } from '../../shared/certificates/read-certificate';
import {
  readCertificateOutput,
  readDomain,
  readRefresh,
  readRenew,
  readVersion,
} from '../../shared/kanidmd/read-output';
import { readLog } from '../../shared/kanidmd/rounds';
import type { LogLine } from '../../shared/kanidmd/evidence';
import { eachOf, givens, missing } from './support/given';
import { type Lab, startLab, until } from './support/lab';
import { canCompare } from './support/main-job';
import { asking, INIT, VALID } from './support/asking';
import { allowAnonymous, bearer, logIn, recover, rotateKey } from './support/people';
import { makeRecorder, type Recorder, type Recording } from './support/recorder';
import { PORT, type RealServer, startServer } from './support/server';
import { PLAIN } from './support/variants';

/** What real servers print, done by hand as Kanidm's book says, is read right; with KANILINK_TEST_RECORD=1 it is kept. */
describe.skipIf(missing !== null).each(eachOf(givens))('the words of $name', (given) => {
  let lab: Lab;
  let recorder: Recorder;
  beforeAll(async () => {
    lab = await startLab(given);
    recorder = makeRecorder(lab);
  }, 120_000);
  afterAll(() => lab?.close());

  const certificate = (printed: Recording) => {
    const text = readCertificateOutput(printed);
    return text.ok ? text.value : null;
  };
  const names = (text: string | null) => {
    const read = text === null ? null : readCertificate(text as never, {});
    return read?.ok ? read.value.names : [];
  };
  const shown = async (server: RealServer): Promise<string> =>
    /certificate: "([^"]+)"/.exec(await server.kanidmd('show-replication-certificate'))?.[1] ?? '';
  const roundsOf = (lines: readonly LogLine[]) =>
    readLog(lines, 0, lines.length * 100_000 + 2_000_000).rounds;
  const told = (lines: readonly LogLine[]): string[] =>
    roundsOf(lines).map(
      ({ kind, outcome }) => `${kind} ${outcome.kind === 'trouble' ? outcome.trouble.code : outcome.kind}`,
    );
  const replication = (host: string): string =>
    `\n[replication]\norigin = "repl://${host}:${PORT}"\nbindaddress = "[::]:${PORT}"\ntask_poll_interval = 3\n`;
  const PINS = {
    'mutual-pull': 'partner_cert',
    'allow-pull': 'consumer_cert',
    pull: 'supplier_cert',
  } as const;
  const table = (of: string, type: keyof typeof PINS, pin: string): string =>
    `\n[replication."repl://${of}:${PORT}"]\ntype = "${type}"\n${PINS[type]} = "${pin}"\n`;
  /** Two servers with replication that pin each other, by these names. @param types of the table each has of the other */
  const linked = async (
    name: string,
    nameOf: (host: string, ip: string) => string,
    types: readonly (keyof typeof PINS)[] = [],
  ) => {
    const ips = [lab.address(), lab.address()] as const;
    const hosts = { [`${name}-a.example.com`]: ips[0], [`${name}-b.example.com`]: ips[1] };
    const origins = Object.entries(hosts).map(([host, ip]) => nameOf(host, ip));
    const [a, b] = await Promise.all(
      ['a', 'b'].map((side, index) =>
        startServer(lab, PLAIN, `${name}-${side}`, { hosts, more: replication(origins[index] ?? '') }),
      ),
    );
    if (a === undefined || b === undefined) throw new Error('two servers');
    const pins = [await shown(a), await shown(b)];
    for (const [at, server] of [a, b].entries()) {
      const other = 1 - at;
      writeFileSync(
        server.toml,
        readFileSync(server.toml, 'utf8') +
          table(origins[other] ?? '', types[at] ?? 'mutual-pull', pins[other] ?? ''),
      );
      await server.stop();
      await server.start();
    }
    return { a, b, origins };
  };
  const untilTold = async (name: string, server: RealServer, what: string) => {
    let said: string[] = [];
    await until(
      async () => (said = told(await recorder.log(name, server))).at(-1) === what,
      () => `${server.container}: ${said.join(', ')}`,
    );
    return said;
  };

  it.concurrent('of a server without replication, and of its HEALTHCHECK', async () => {
    const ip = lab.address();
    const lone = await startServer(lab, { ...PLAIN, healthcheck: true }, 'lone', {
      hosts: { 'lone.example.com': ip },
    });
    expect(await recorder.health('starting', lone)).toBe('starting');
    expect(readVersion(await recorder.command('version', lone, 'version'))).toEqual({
      ok: true,
      value: lab.kanidm.version,
    });
    const domain = readDomain(await recorder.command('domain-show', lone, 'domain', 'show'));
    expect(domain.ok && domain.value.name).toBe('example.com');
    const none = await recorder.command(
      'show-cert-without-replication',
      lone,
      'show-replication-certificate',
    );
    expect(certificate(none)).toBeNull();
    const check = canCompare(lab.kanidm.version) ? ['scripting', 'healthcheck'] : ['healthcheck'];
    expect((await recorder.command('healthcheck', lone, ...check)).exit).toBe(0);
    await until(
      async () => (await recorder.health('healthy', lone)) === 'healthy',
      () => 'the HEALTHCHECK never said healthy',
      150_000,
    );
  });

  it.concurrent('of a pair: certificates, refresh, rounds, renewal', async () => {
    const { a, b } = await linked('pair', (host) => host);
    const shownA = await recorder.command('show-cert-a', a, 'show-replication-certificate');
    expect(names(certificate(shownA))).toEqual(['pair-a.example.com']);
    await untilTold('log-b-before-refresh', b, 'incremental needs-refresh');
    const refresh = ['refresh-replication-consumer'];
    expect(readRefresh(await recorder.command('refresh-noflag', b, ...refresh))).toBe('unwilling');
    const flag = '--i-want-to-refresh-this-servers-database';
    expect(readRefresh(await recorder.command('refresh-ok-b', b, ...refresh, flag))).toBe('success');
    const after = await untilTold('log-b-after-refresh', b, 'incremental success');
    expect(after).toContain('refresh success');
    expect(after).not.toContain('incremental round-unclear');
    await untilTold('log-a-after-refresh', a, 'incremental success');
    const renewed = await recorder.command('renew-a', a, 'renew-replication-certificate');
    expect(['shown', 'asked']).toContain(readRenew(renewed));
    await recorder.command('show-cert-a-just-after-renew', a, 'show-replication-certificate');
    await until(
      async () => ![certificate(shownA), ''].includes(await shown(a)),
      () => 'the new certificate was never shown',
      150_000,
    );
    await recorder.command('show-cert-a-after-renew', a, 'show-replication-certificate');
    await untilTold('log-renew-seen-by-b', b, 'incremental certificate-renewed');
    await recorder.log('log-renew-on-a', a);
  });

  it.concurrent('of a pair whose origins are IPv4 addresses', async () => {
    const { a, b, origins } = await linked('ip', (_, ip) => ip);
    const shownA = await recorder.command('show-cert-ip-origin-a', a, 'show-replication-certificate');
    expect(names(certificate(shownA))).toEqual([origins[0]]);
    const flag = '--i-want-to-refresh-this-servers-database';
    const asked = await recorder.command('refresh-ip-origin-b', b, 'refresh-replication-consumer', flag);
    expect(readRefresh(asked)).toBe('success');
    await untilTold('log-ip-origin-b', b, 'incremental success');
    await untilTold('log-ip-origin-a', a, 'incremental success');
  });

  it.concurrent('of anonymous that logs in, that shows a session, and that may not', async () => {
    const hosts = { 'login.example.com': lab.address() };
    const server = await startServer(lab, PLAIN, 'login', { hosts });
    const { asked, logIn: logInAnonymous, told: toldIn } = asking(recorder);
    const token = await logInAnonymous(server, 'answer-login');
    expect((await asked(server, 'answer-login-valid', ...VALID, bearer(token))).status).toBe(200);
    expect((await asked(server, 'answer-login-strange', ...VALID, bearer(`${token}x`))).status).toBe(401);
    const mine = await logIn(server, await recover(server));
    await allowAnonymous(server, mine ?? '', false);
    expect((await asked(server, 'answer-login-denied', 'POST', '/v1/auth', INIT)).body).toContain('denied');
    await toldIn(server, 'log-login');
  });

  it.concurrent('of a session across a pair of which only one side pulls', async ({ skip }) => {
    skip(!canCompare(lab.kanidm.version), 'what signs sessions is a key of the domain from 1.5 on');
    const { a, b } = await linked('oneway-session', (host) => host, ['allow-pull', 'pull']);
    const flag = '--i-want-to-refresh-this-servers-database';
    expect(
      readRefresh(await recorder.command('refresh-oneway-session', b, 'refresh-replication-consumer', flag)),
    ).toBe('success');
    const [onA, onB] = [asking(recorder), asking(recorder)];
    const shownTo = async (server: RealServer, name: string, token: string): Promise<number> =>
      (await (server === a ? onA : onB).asked(server, name, ...VALID, bearer(token))).status;
    const [ofA, ofB] = [await onA.logIn(a), await onB.logIn(b)];
    expect(await shownTo(b, 'answer-oneway-of-supplier', ofA)).toBe(200);
    expect(await shownTo(a, 'answer-oneway-of-consumer', ofB)).toBe(200);
    // A change of the consumer reaches its supplier never, and so does its key.
    await rotateKey(b);
    const later = await onB.logIn(b);
    expect(await shownTo(b, 'answer-oneway-own', later)).toBe(200);
    expect(await shownTo(b, 'answer-oneway-of-supplier-later', await onA.logIn(a))).toBe(200);
    expect(await shownTo(a, 'answer-oneway-of-consumer-later', later)).toBe(401);
    await onA.told(a, 'log-oneway-session-supplier');
    await onB.told(b, 'log-oneway-session-consumer');
  });

  const CONFIGS: readonly {
    readonly name: string;
    readonly more: string;
    readonly state: 'running' | 'exited';
  }[] = [
    { name: 'ipv6-origin', more: replication('[2001:db8::1]'), state: 'running' },
    {
      name: 'no-bindaddress',
      more: '\n[replication]\norigin = "repl://x.example.com:8444"\n',
      state: 'exited',
    },
    { name: 'unknown-key', more: 'http_client_adress_info = "x"\n', state: 'exited' },
    {
      name: 'toml-1.1',
      more: 'online_backup = {\n  path = "/data/",\n  schedule = "00 22 * * *",\n}\n',
      state: 'running',
    },
    {
      name: 'backup-bad-cron',
      more: '[online_backup]\npath = "/data/"\nschedule = "not a cron line"\n',
      state: 'exited',
    },
    { name: 'ldap-by-name', more: 'ldapbindaddress = "localhost:3636"\n', state: 'exited' },
  ];
  it.concurrent.each(CONFIGS.map((it) => [it.name, it] as const))(
    'of a server.toml: %s',
    async (name, { more, state }) => {
      const hosts = { [`cfg-${name}.example.com`]: lab.address() };
      const server = await startServer(lab, { ...PLAIN, run: ['--restart', 'no'] }, `cfg-${name}`, {
        hosts,
        more,
        up: false,
      });
      expect((await recorder.config(name, server)).state).toBe(state);
      await lab.docker('rm', '--force', server.container);
    },
  );

  it.concurrent('of a server that sends its words to OpenTelemetry: none', async () => {
    const key = Number(lab.kanidm.version.split('.')[1]) >= 11 ? 'otel_grpc_endpoint' : 'otel_grpc_url';
    const hosts = { 'otel.example.com': lab.address() };
    const more = `${key} = "http://127.0.0.1:4317"\n${replication('otel.example.com')}`;
    const server = await startServer(lab, PLAIN, 'otel', { hosts, more, up: false });
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    for (const [name, ...args] of [
      ['otel-domain-show', 'domain', 'show'],
      ['otel-show-cert', 'show-replication-certificate'],
    ] as const) {
      const said = await recorder.command(name, server, ...args);
      expect([said.exit, said.stdout]).toEqual([0, '']);
    }
    await recorder.log('log-otel', server);
    await lab.docker('rm', '--force', server.container);
  });
});
