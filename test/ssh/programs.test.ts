import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerConnection } from '../../electron/engine/connect/connection';
import { ConnectionPool } from '../../electron/engine/connect/common/pool';
import { openSsh } from '../../electron/engine/connect/ssh/open-ssh';
import type { SshTarget } from '../../electron/engine/connect/ssh/address/target';
import { fault, value } from '../support/results';
import { oddWords } from '../support/odd-words';
import { call, missing, person, type Sshd, startSshd } from './sshd';

describe.skipIf(missing !== null)('programs on a server', () => {
  let sshd: Sshd;
  let server: ServerConnection;
  const open = async (more: Partial<SshTarget> = {}) =>
    value(await openSsh(sshd.target(more), person(), call(), { pool: new ConnectionPool(0) }));
  const state = (name: string) => join(sshd.state, name);
  const set = (name: string, text: string) => writeFileSync(state(name), text);

  beforeAll(async () => {
    sshd = await startSshd();
    sshd.trust('ed25519');
    server = await open();
  });
  afterAll(async () => {
    await server?.close();
    await sshd?.stop();
  });

  describe('kanidmd', () => {
    it('gets every argument as it is, then its config, and runs nothing else', async () => {
      const { stdout } = value(await server.kanidmd(['scripting', ...oddWords], call()));
      expect(stdout).toBe(['scripting', ...oddWords, '-c', sshd.config].map((word) => `<${word}>`).join(''));
    });

    it('gets no config for its version', async () => {
      rmSync(state('kanidmd.asked'));
      value(await server.kanidmd(['version'], call()));
      expect(readFileSync(state('kanidmd.asked'), 'utf8')).toBe('version\0\n');
    });

    it('may fail, and what it said is the answer', async () => {
      const failed = value(await server.kanidmd(['fails'], call()));
      expect(failed).toEqual({
        exitCode: 3,
        stdout: '',
        stderr: 'Error - you should inspect the logs.\n',
        cut: false,
      });
      expect(value(await server.kanidmd(['dies'], call())).exitCode).not.toBe(0);
    });

    it('may print what is not UTF-8', async () => {
      expect(value(await server.kanidmd(['bytes'], call())).stdout).toBe('a\uFFFDb\n');
    });

    it('is cut off when it prints too much, and the connection goes on', async () => {
      const flood = value(await server.kanidmd(['flood', String(20 * 1024 * 1024)], call(30_000)));
      expect(flood.cut).toBe(true);
      expect(flood.stdout).toHaveLength(8 * 1024 * 1024);
      expect(value(await server.kanidmd(['version'], call())).exitCode).toBe(0);
    });

    it('that does not end runs into the limit, or is cancelled; the connection goes on', async () => {
      const late = fault(await server.kanidmd(['slow'], call(300)));
      expect(late.code).toBe('timed-out');
      expect(late.message).toContain('running kanidmd slow');
      const abort = new AbortController();
      const running = server.kanidmd(['slow'], { signal: abort.signal, timeoutMs: 10_000 });
      setTimeout(() => abort.abort(), 100);
      expect(fault(await running).code).toBe('cancelled');
      expect(value(await server.kanidmd(['version'], call())).exitCode).toBe(0);
    });

    it('runs twenty at once, more than the connection has channels', async () => {
      const all = await Promise.all(
        Array.from({ length: 20 }, () => server.kanidmd(['version'], call(30_000))),
      );
      expect(all.map((output) => value(output).exitCode)).toEqual(Array(20).fill(0));
      expect(sshd.log().match(/Accepted publickey/g)).toHaveLength(1);
    });

    it('that is not there is said to be missing; an argument with a NUL byte is refused', async () => {
      const elsewhere = await open({ kanidmd: '/no/such/kanidmd' });
      expect(fault(await elsewhere.kanidmd(['version'], call())).code).toBe('kanidmd-not-found');
      await elsewhere.close();
      expect(fault(await server.kanidmd(['a\0b'], call())).code).toBe('argument-invalid');
    });

    it('fails with the cause when the connection is lost, and the next call has a new one', async () => {
      const running = server.kanidmd(['slow'], call());
      await new Promise((resolve) => setTimeout(resolve, 300));
      sshd.cut();
      expect(fault(await running).code).toBe('connection-lost');
      expect(value(await server.kanidmd(['version'], call())).exitCode).toBe(0);
    });

    it('runs by sudo where asked, and a refusal says what to do', async () => {
      sshd.loginIs(54321);
      const trusted = await open({ sudo: true });
      value(await trusted.kanidmd(['domain', 'show'], call()));
      expect(readFileSync(state('sudo.asked'), 'utf8')).toContain(`kanidmd domain show -c ${sshd.config}`);
      set('sudo.refuses', '');
      const refused = fault(await trusted.kanidmd(['domain', 'show'], call()));
      rmSync(state('sudo.refuses'));
      rmSync(state('login.uid'));
      expect(refused.code).toBe('sudo-refused');
      expect(refused.fix).toContain('onnect as root');
      await trusted.close();
    });
  });

  describe('a configuration test', () => {
    const config =
      'domain = "example.com"\norigin = "https://example.com"\ndb_path = "/var/lib/kanidm/kanidm.db"\nbindaddress = "127.0.0.1:8443"\n';

    it('reads a copy in a private folder, with its own database and socket, and leaves nothing', async () => {
      const tested = value(await server.testConfig(Buffer.from(config), call()));
      expect(tested.accepted).toBe(true);
      const copy = readFileSync(state('tested.toml'), 'utf8');
      expect(copy).not.toContain('/var/lib/kanidm/kanidm.db');
      expect(copy).toMatch(/adminbindpath = ".*\.kanilink-/);
      expect(readFileSync(state('scratch.mode'), 'utf8').trim()).toBe('700');
      expect(await left()).toEqual([]);
    });

    it('says what kanidmd said when it refuses', async () => {
      const tested = value(await server.testConfig(Buffer.from(`# bad\n${config}`), call()));
      expect(tested.accepted).toBe(false);
      expect(tested.output).toContain('refused');
      expect(await left()).toEqual([]);
    });

    const left = async () => {
      const { readdirSync } = await import('node:fs');
      return readdirSync(join(sshd.folder, 'etc')).filter((name) => name !== 'server.toml');
    };
  });

  describe('the unit', () => {
    it('is started, stopped and restarted, and each says how it is then', async () => {
      expect(value(await server.service.stop(call()))).toEqual({
        state: 'stopped',
        detail: 'inactive (dead)',
      });
      expect(value(await server.service.start(call()))).toEqual({
        state: 'running',
        detail: 'active (running)',
      });
      expect(value(await server.service.restart(call())).state).toBe('running');
      expect(readFileSync(state('systemctl.asked'), 'utf8')).toBe(
        'stop kanidmd.service\nstart kanidmd.service\nrestart kanidmd.service\n',
      );
    });

    it('that does not come up is an answer; a systemctl that may not is a fault', async () => {
      set(
        'systemctl.restart',
        `printf 'ActiveState=failed\\nSubState=failed\\nResult=exit-code\\n' > $S/unit
        echo 'Job for kanidmd.service failed because the control process exited with error code.' >&2; exit 1`,
      );
      const failed = value(await server.service.restart(call()));
      expect(failed.state).toBe('failed');
      expect(failed.detail).toContain('exit-code');
      expect(failed.detail).toContain('Job for kanidmd.service failed');
      set('unit', 'ActiveState=active\nSubState=running\n');
      set('systemctl.restart', `echo 'Failed to restart kanidmd.service: Access denied' >&2; exit 4`);
      expect(fault(await server.service.restart(call())).code).toBe('service-command-failed');
      rmSync(state('systemctl.restart'));
    });

    it('has one lock, by whichever of its names it is known', async () => {
      const [own, alias] = [`kl-own-${process.pid}.service`, `kl-alias-${process.pid}.service`];
      set('unit.name', `${own}\n${alias}\n`);
      set('unit.more', `Id=${own}\nNames=${alias} ${own}\n`);
      const [one, two] = [await open({ service: own }), await open({ service: alias })];
      const owner = (deploy: string) => ({ who: 'alex', host: 'desk', deploy, since: Date.now() });
      const fresh = { ...call(), takeOver: false };
      const folders = [own, alias].map((unit) => `/run/kanilink-${unit}`);
      try {
        for (const [first, second] of [[one, two] as const, [two, one] as const]) {
          const lock = value(await first.lock(owner('first'), fresh));
          expect(fault(await second.lock(owner('second'), fresh)).code).toBe('locked');
          expect(value(await lock.check(call()))).toBeUndefined();
          value(await lock.release(call()));
          expect(folders.map((it) => existsSync(it))).toEqual([false, false]);
        }
        // An older Kanilink locks one name alone: the one that its fleet has.
        for (const folder of folders) {
          mkdirSync(folder);
          writeFileSync(join(folder, 'owner'), JSON.stringify({ ...owner('older'), token: 't' }));
          for (const it of [one, two]) expect(fault(await it.lock(owner('new'), fresh)).code).toBe('locked');
          const back = value(await one.lock(owner('older'), { ...call(), takeOver: 'own' }));
          value(await back.release(call()));
          expect(folders.map((it) => existsSync(it))).toEqual([false, false]);
        }
      } finally {
        for (const folder of folders) rmSync(folder, { recursive: true, force: true });
        for (const it of ['unit.name', 'unit.more']) rmSync(state(it), { force: true });
        await one.close();
        await two.close();
      }
    });

    it('that is not there is said to be missing', async () => {
      const elsewhere = await open({ service: 'other' });
      expect(fault(await elsewhere.service.state(call())).code).toBe('unit-not-found');
      await elsewhere.close();
    });

    it('tells its config, its environment, its start and the clock', async () => {
      const file = join(sshd.state, 'environment');
      writeFileSync(file, '# comment\nKANIDM_REPLICATION_ORIGIN="repl://b.example.com:8444"\nOTHER=x\n');
      set(
        'unit.more',
        [
          'ExecStart={ path=/usr/sbin/kanidmd ; argv[]=/usr/sbin/kanidmd server -c /opt/server.toml ; ignore_errors=no ; pid=1 }',
          'Environment=KANIDM_LOG_LEVEL=info "KANIDM_DOMAIN=two words" PATH=/bin',
          `EnvironmentFiles=${file} (ignore_errors=yes)`,
          'EnvironmentFiles=/no/such/file (ignore_errors=yes)',
          // systemd’s clock stands still while a machine sleeps: as if this one had slept since its boot.
          'ExecMainStartTimestampMonotonic=1',
          `MainPID=${process.pid}`,
        ].join('\n'),
      );
      const unnamed = await open({ config: null });
      const facts = value(await unnamed.facts(call()));
      rmSync(state('unit.more'));
      await unnamed.close();
      expect(facts).toMatchObject({
        configPath: '/opt/server.toml',
        overrides: {
          KANIDM_LOG_LEVEL: 'info',
          KANIDM_DOMAIN: 'two words',
          KANIDM_REPLICATION_ORIGIN: 'repl://b.example.com:8444',
        },
        publishedPorts: null,
        manager: 'systemd',
        runningVersion: null,
        service: { state: 'running' },
      });
      // The same clock on both sides: what is left is the time a program takes to start.
      expect(Math.abs(facts.clockOffsetMs ?? Infinity)).toBeLessThan(5_000);
      expect(Math.abs(Date.now() - process.uptime() * 1000 - (facts.startedAt ?? 0))).toBeLessThan(20_000);
    });

    it('has no clock where it says a time that no clock shows', async () => {
      const date = join(sshd.folder, 'bin', 'date');
      writeFileSync(date, `#!/bin/sh\necho ${'9'.repeat(40)}.5\n`, { mode: 0o755 });
      const facts = value(await server.facts(call()));
      rmSync(date);
      expect(facts).toMatchObject({ clockOffsetMs: null, startedAt: null });
    });

    it('gives its commands what only the unit sets, and a test of a file nothing that leads to the database', async () => {
      const file = join(sshd.state, 'environment');
      writeFileSync(file, "KANIDM_ORIGIN='https://idm.example.com'\nOTHER=x\n");
      const lines = (more: string) =>
        set(
          'unit.more',
          [
            `ExecStart={ path=/usr/sbin/kanidmd ; argv[]=/usr/sbin/kanidmd server ; ignore_errors=no ; pid=1 }`,
            `Environment=KANIDM_DOMAIN=idm.example.com KANIDM_DB_PATH=/var/lib/kanidm/kanidm.db KANIDM_CONFIG=${sshd.config} PATH=/bin`,
            `EnvironmentFiles=${file} (ignore_errors=no)`,
            more,
          ].join('\n'),
        );
      lines('');
      for (const config of [null, sshd.config]) {
        const unit = await open({ config });
        expect(value(await unit.kanidmd(['variables'], call())).stdout).toBe(
          'KANIDM_DB_PATH=/var/lib/kanidm/kanidm.db\nKANIDM_DOMAIN=idm.example.com\nKANIDM_ORIGIN=https://idm.example.com\n',
        );
        value(await unit.testConfig(Buffer.from('db_path = "/x"\n'), call()));
        expect(readFileSync(state('tested.variables'), 'utf8')).toBe(
          'KANIDM_DOMAIN=idm.example.com\nKANIDM_ORIGIN=https://idm.example.com\n',
        );
        await unit.close();
      }
      lines('UnsetEnvironment=KANIDM_DOMAIN');
      const unset = await open({ config: null });
      expect(value(await unset.facts(call())).overrides).not.toHaveProperty('KANIDM_DOMAIN');
      await unset.close();
      rmSync(state('unit.more'));
    });

    it('started through a shell is read from the process that runs', async () => {
      const pid = Number(
        execFileSync('/bin/bash', [
          '-c',
          `exec -a kanidmd /usr/bin/perl -e 'sleep 60' server -c ${sshd.config} > /dev/null 2>&1 & echo $!`,
        ]).toString(),
      );
      try {
        const unit = (argv: string) =>
          set('unit.more', `ExecStart={ path=/bin/sh ; argv[]=${argv} ; ignore_errors=no ; pid=${pid} }\n`);
        set('unit', `ActiveState=active\nSubState=running\nMainPID=${pid}\n`);
        unit('/bin/sh -c . /etc/default/x; exec kanidmd server -c $CONF');
        const shell = await open({ config: null });
        const facts = await shell.facts(call());
        await shell.close();
        expect(value(facts).configPath).toBe(sshd.config);
        set('unit', 'ActiveState=inactive\nSubState=dead\nMainPID=0\n');
        const stopped = await open({ config: null });
        expect(fault(await stopped.facts(call())).code).toBe('config-not-found');
        await stopped.close();
      } finally {
        process.kill(pid);
        rmSync(state('unit.more'));
        set('unit', 'ActiveState=active\nSubState=running\n');
      }
    });

    it('finds its config without being told, once per connection', async () => {
      const unnamed = await open({ config: null });
      const { stdout } = value(await unnamed.kanidmd(['domain', 'show'], call()));
      expect(stdout).toContain(`<-c><${sshd.config}>`);
      await unnamed.close();
      expect(existsSync(sshd.config)).toBe(true);
    });
  });
});
