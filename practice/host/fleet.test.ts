import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { parse } from '@iarna/toml';
import type { ConnectConfig } from 'ssh2';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startPracticeFleet, type PracticeFleet, type PracticeFleetOptions } from './fleet';
import { makeFakeKanidmd } from './testing/fake-kanidmd';
import { connect, connectWith, exec, fingerprintOf } from './testing/ssh-client';

let fake: Awaited<ReturnType<typeof makeFakeKanidmd>>;
const running: PracticeFleet[] = [];
beforeAll(async () => {
  fake = await makeFakeKanidmd();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((fleet) => fleet.close()));
});
afterAll(() => fake.remove());

async function start(options: Partial<PracticeFleetOptions> = {}): Promise<PracticeFleet> {
  const fleet = await startPracticeFleet({ servers: 1, kanidmd: fake.path, ...options });
  running.push(fleet);
  return fleet;
}

describe('a practice fleet', () => {
  it('writes a fleet file, known hosts and a key that let one in', async () => {
    const fleet = await start({ servers: 3, linked: true, pollIntervalSeconds: 7 });
    const file = parse(readFileSync(fleet.fleet, 'utf8'));
    expect(file).toMatchObject({
      version: 1,
      server: fleet.machines.map(({ id, port, origin, replicationPort }) => ({
        id,
        connect: 'ssh',
        endpoint: `ssh://admin@127.0.0.1:${port}`,
        service: 'kanidmd',
        identity: 'id_ed25519',
        known_hosts: 'known_hosts',
        origin,
        bindaddress: `127.0.0.1:${replicationPort}`,
      })),
      link: [
        { supplier: 'idm-a', consumer: 'idm-b' },
        { supplier: 'idm-b', consumer: 'idm-c' },
      ],
    });
    expect(statSync(fleet.identity).mode & 0o777).toBe(0o600);
    const known = readFileSync(fleet.knownHosts, 'utf8').trimEnd().split('\n');
    for (const [place, machine] of fleet.machines.entries()) {
      const [host, type, blob] = (known[place] ?? '').split(' ');
      expect([host, type]).toEqual([`[127.0.0.1]:${machine.port}`, 'ssh-ed25519']);
      expect(fingerprintOf(Buffer.from(blob ?? '', 'base64'))).toBe(machine.fingerprint);
      const client = await connect(fleet, machine);
      expect((await exec(client, 'systemctl is-active kanidmd')).stdout).toBe('active\n');
      client.end();
    }
  });

  it('gives each machine a whole server.toml in its own style, the first without replication', async () => {
    const fleet = await start({ servers: 3, pollIntervalSeconds: 7 });
    const texts = fleet.machines.map((machine) => readFileSync(machine.config, 'utf8'));
    const configs = texts.map((text) => parse(text));
    expect(configs[0]).not.toHaveProperty('replication');
    expect(configs[1]).toMatchObject({
      replication: { origin: fleet.machine('idm-b').origin, task_poll_interval: 7 },
    });
    for (const config of configs) expect(config).toMatchObject({ version: '2', domain: 'idm.localhost' });
    for (const text of texts) expect(text).toContain('#');
  });

  it('writes what old versions need and accept', async () => {
    const fleet = await start({ servers: 2, version: '1.2.0', versions: { 'idm-b': '1.1.0-rc.16' } });
    const [a, b] = fleet.machines.map((machine) => parse(readFileSync(machine.config, 'utf8')));
    expect(a).not.toHaveProperty('version');
    expect(b).toMatchObject({ i_acknowledge_that_replication_is_in_development: true });
    expect(fleet.machine('idm-b').journalMessages()).toContain('Starting Kanidmd | version: 1.1.0-rc.16');
  });

  it('leaves neither processes nor its temporary folder behind', async () => {
    const fleet = await start({ servers: 2 });
    const pids = fleet.machines.map((machine) => machine.status.mainPid);
    await fleet.close();
    expect(pids.filter(isRunning)).toEqual([]);
    expect(existsSync(fleet.root)).toBe(false);
  });

  it('refuses a folder whose path is too long for a socket', async () => {
    const root = `${(await start()).root}/${'x'.repeat(80)}`;
    await expect(startPracticeFleet({ servers: 1, kanidmd: fake.path, root })).rejects.toThrow(
      /shorter path/,
    );
  });
});

describe('logging in', () => {
  const wrong = (config: Partial<ConnectConfig>) => async (fleet: PracticeFleet) =>
    expect(connectWith(fleet.machine('idm-a'), config)).rejects.toThrow(/authentication/);

  it('by password or by one prompt, when the machine allows it', async () => {
    const fleet = await start({ password: 'secret', keyboardAnswer: '123456', keyLogin: false });
    const machine = fleet.machine('idm-a');
    (await connectWith(machine, { password: 'secret' })).end();
    (await connectWith(machine, { tryKeyboard: true }, '123456')).end();
    await expect(connectWith(machine, { tryKeyboard: true }, '654321')).rejects.toThrow(/authentication/);
    await wrong({ password: 'Secret' })(fleet);
    await wrong({ privateKey: readFileSync(fleet.identity) })(fleet);
    await wrong({ username: 'root', password: 'secret' })(fleet);
  });

  it('by a key file with a passphrase', async () => {
    const fleet = await start({ passphrase: 'open sesame' });
    const privateKey = readFileSync(fleet.identity);
    (await connectWith(fleet.machine('idm-a'), { privateKey, passphrase: 'open sesame' })).end();
    await expect(connectWith(fleet.machine('idm-a'), { privateKey, passphrase: 'wrong' })).rejects.toThrow();
  });

  it('ends the connection after six attempts', async () => {
    const fleet = await start({ password: 'secret', keyLogin: false });
    let attempts = 0;
    const attempt = connectWith(fleet.machine('idm-a'), {
      authHandler: (_left, _partial, next) => {
        attempts += 1;
        next(
          attempts <= 20 ? { type: 'password', username: 'admin', password: `guess ${attempts}` } : 'none',
        );
      },
    });
    await expect(attempt).rejects.toThrow();
    expect(attempts).toBeLessThanOrEqual(7);
  });
});

describe('what a test can do to a machine', () => {
  it('cuts connections, and kanidmd goes on', async () => {
    const fleet = await start();
    const machine = fleet.machine('idm-a');
    const client = await connect(fleet, machine);
    const closed = once(client, 'close');
    machine.cutConnections();
    await closed;
    expect(machine.status.active).toBe('active');
    (await connect(fleet, machine)).end();
  });

  it('changes the host key, and a client that checks it stays out', async () => {
    const fleet = await start();
    const machine = fleet.machine('idm-a');
    const old = machine.fingerprint;
    const changed = machine.changeHostKey();
    expect(changed).not.toBe(old);
    const hostVerifier = (key: Buffer): boolean => fingerprintOf(key) === old;
    await expect(connect(fleet, machine, { hostVerifier })).rejects.toThrow(/[Hh]ost/);
    (await connect(fleet, machine)).end();
  });

  it('freezes: nothing is answered, until it thaws', async () => {
    const fleet = await start();
    const machine = fleet.machine('idm-a');
    machine.freeze();
    await expect(connect(fleet, machine, { readyTimeout: 300 })).rejects.toThrow(/[Tt]imed out/);
    const waiting = connect(fleet, machine);
    machine.thaw();
    (await waiting).end();
  });

  it('kills kanidmd, and systemctl says so', async () => {
    const fleet = await start();
    const machine = fleet.machine('idm-a');
    await machine.killKanidmd();
    expect(machine.status).toMatchObject({ active: 'failed', result: 'signal', mainPid: 0 });
    expect((await machine.startKanidmd()).active).toBe('active');
  });

  it('denies sudo where told to', async () => {
    const fleet = await start({ sudo: 'denied' });
    const client = await connect(fleet, fleet.machine('idm-a'));
    expect(await exec(client, 'sudo -n systemctl restart kanidmd')).toMatchObject({
      code: 1,
      stderr: 'sudo: a password is required\n',
    });
    client.end();
  });

  it('gives a unit variables that override its config, and a clock that is wrong', async () => {
    const environment = { KANIDM_DOMAIN: 'other.example', NOTE: 'two words' };
    const fleet = await start({
      environments: { 'idm-a': environment },
      clockOffsetsMs: { 'idm-a': 3_600_000 },
    });
    const client = await connect(fleet, fleet.machine('idm-a'));
    expect((await exec(client, 'systemctl show kanidmd -p Environment --value')).stdout).toBe(
      'KANIDM_DOMAIN=other.example "NOTE=two words"\n',
    );
    expect(fleet.machine('idm-a').journalMessages()).toContain('KANIDM_DOMAIN is other.example');
    const ahead = Number((await exec(client, 'date +%s')).stdout) - Date.now() / 1000;
    expect(ahead).toBeGreaterThan(3_500);
    client.end();
  });

  it('runs kanidmd past SSH', async () => {
    const fleet = await start();
    const machine = fleet.machine('idm-a');
    expect(await machine.run(['echo'])).toEqual({
      code: 3,
      stdout: JSON.stringify(['-c', machine.config]),
      stderr: 'on stderr',
    });
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
