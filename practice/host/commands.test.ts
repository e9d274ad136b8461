import { existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Client } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPracticeFleet, type PracticeFleet } from './fleet';
import type { Machine } from './machine';
import { makeFakeKanidmd } from './testing/fake-kanidmd';
import { connect, exec, open, until } from './testing/ssh-client';

let fake: Awaited<ReturnType<typeof makeFakeKanidmd>>;
let fleet: PracticeFleet;
let machine: Machine;
let client: Client;

beforeAll(async () => {
  fake = await makeFakeKanidmd();
  fleet = await startPracticeFleet({ servers: 1, kanidmd: fake.path, stopTimeoutMs: 300 });
  machine = fleet.machine('idm-a');
  client = await connect(fleet, machine);
});
afterAll(async () => {
  client.end();
  await fleet.close();
  await fake.remove();
});

describe('kanidmd over SSH', () => {
  it('gets its arguments as they were quoted', async () => {
    const answer = await exec(client, `'kanidmd' 'echo' 'it'\\''s' 'a b' '$HOME' "x\\"y"`);
    expect(JSON.parse(answer.stdout)).toEqual(["it's", 'a b', '$HOME', 'x"y']);
  });

  it('keeps stdout, stderr and the exit status apart', async () => {
    const answer = await exec(client, 'sudo -n kanidmd echo');
    expect(answer).toEqual({ code: 3, signal: null, stdout: '[]', stderr: 'on stderr' });
  });

  it('passes on the signal that killed it', async () => {
    expect(await exec(client, 'kanidmd die')).toMatchObject({ code: null, signal: 'SIGABRT' });
  });

  it('is ended when the channel is closed', async () => {
    const file = join(machine.folder, 'pid');
    const channel = await open(client, `kanidmd wait '${file}'`);
    // A file is there before what is written into it, and 0 would be every process of our own group.
    await until(() => existsSync(file) && readFileSync(file, 'utf8') !== '', 'the program runs');
    const pid = Number(await readFile(file, 'utf8'));
    expect(pid).toBeGreaterThan(0);
    channel.close();
    await until(() => !isRunning(pid), 'the program has ended');
  });

  it('may not be pointed at files outside the machine', async () => {
    const answer = await exec(client, 'kanidmd echo -c /etc/hostname');
    expect(answer).toMatchObject({ code: 1, stdout: '' });
    expect(answer.stderr).toContain('Permission denied');
  });
});

describe('many commands at once', () => {
  it('each gets its own answer', async () => {
    const numbers = Array.from({ length: 30 }, (_none, place) => place);
    const answers = await Promise.all(
      numbers.map((number) => exec(client, `tee '${machine.folder}/n${number}'`, String(number))),
    );
    expect(answers.map((answer) => answer.stdout)).toEqual(numbers.map(String));
  });
});

describe('the machine is no shell', () => {
  it.each([
    'kanidmd echo; id',
    'kanidmd echo | cat',
    'kanidmd echo $HOME',
    'echo `id`',
    'kanidmd echo > x',
    "kanidmd 'x",
  ])('refuses %s', async (line) => {
    const answer = await exec(client, line);
    expect(answer).toMatchObject({ code: 2, stdout: '' });
    expect(answer.stderr).toContain('sh: 1: Syntax error');
  });

  it('does not know other programs', async () => {
    expect(await exec(client, 'nmap localhost')).toMatchObject({
      code: 127,
      stderr: 'sh: 1: nmap: not found\n',
    });
    expect(await exec(client, 'sudo -n nmap')).toMatchObject({
      code: 1,
      stderr: 'sudo: nmap: command not found\n',
    });
  });
});

describe('systemctl', () => {
  const show = async (properties: string): Promise<Record<string, string>> => {
    const { stdout } = await exec(client, `systemctl show kanidmd --no-pager --property=${properties}`);
    return Object.fromEntries(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
  };

  it('shows a running unit with its config in ExecStart', async () => {
    const shown = await show('LoadState,ActiveState,SubState,MainPID,ExecStart,InvocationID');
    expect(shown).toMatchObject({ LoadState: 'loaded', ActiveState: 'active', SubState: 'running' });
    expect(isRunning(Number(shown['MainPID']))).toBe(true);
    expect(shown['ExecStart']).toContain(`argv[]=/usr/sbin/kanidmd server -c ${machine.config} ;`);
    expect(shown['InvocationID']).toMatch(/^[0-9a-f]{32}$/);
  });

  it('says since when in the clock of /proc/uptime', async () => {
    const started = Number(
      (await show('ExecMainStartTimestampMonotonic'))['ExecMainStartTimestampMonotonic'],
    );
    const uptime = parseFloat((await exec(client, 'cat /proc/uptime')).stdout);
    expect(started).toBeGreaterThan(0);
    expect(uptime * 1e6).toBeGreaterThan(started);
  });

  it('says the same in /proc/PID/stat, beside when cat itself was started', async () => {
    const shown = await show('MainPID,ExecMainStartTimestampMonotonic');
    const { stdout } = await exec(client, `cat /proc/self/stat /proc/${shown['MainPID']}/stat`);
    const ticks = stdout
      .trimEnd()
      .split('\n')
      .map((line) => Number(line.split(' ')[21]));
    expect(ticks[1]).toBe(Math.floor(Number(shown['ExecMainStartTimestampMonotonic']) / 10_000));
    expect(ticks[0]).toBeGreaterThanOrEqual(ticks[1] ?? Infinity);
    expect(await exec(client, 'cat /proc/self/stat /proc/1/stat')).toMatchObject({ code: 1 });
  });

  it('restarts: another process, another invocation', async () => {
    const before = await show('MainPID,InvocationID');
    expect(await exec(client, 'sudo -n systemctl restart kanidmd')).toMatchObject({ code: 0, stderr: '' });
    const after = await show('MainPID,InvocationID,ActiveState');
    expect(after['ActiveState']).toBe('active');
    expect(after['MainPID']).not.toBe(before['MainPID']);
    expect(after['InvocationID']).not.toBe(before['InvocationID']);
    expect(isRunning(Number(before['MainPID']))).toBe(false);
  });

  it('stops and starts, and is-active says so', async () => {
    expect(await exec(client, 'systemctl stop kanidmd.service')).toMatchObject({ code: 0 });
    expect(await exec(client, 'systemctl is-active kanidmd')).toMatchObject({
      code: 3,
      stdout: 'inactive\n',
    });
    expect(await show('ActiveState,Result,MainPID')).toEqual({
      ActiveState: 'inactive',
      Result: 'success',
      MainPID: '0',
    });
    expect(await exec(client, 'systemctl start kanidmd')).toMatchObject({ code: 0 });
    expect(await exec(client, 'systemctl is-active kanidmd')).toMatchObject({ code: 0, stdout: 'active\n' });
  });

  it('fails to start what ends before it is ready', async () => {
    const config = await readFile(machine.config, 'utf8');
    await exec(client, `tee '${machine.config}'`, `${config}# refuse-to-start\n`);
    const answer = await exec(client, 'systemctl restart kanidmd');
    expect(answer.code).toBe(1);
    expect(answer.stderr).toContain(
      'Job for kanidmd.service failed because the control process exited with error code.',
    );
    expect(await show('ActiveState,Result,ExecMainStatus')).toEqual({
      ActiveState: 'failed',
      Result: 'exit-code',
      ExecMainStatus: '1',
    });
    expect(machine.journalMessages().slice(-4)).toEqual([
      'ERROR: Configuration Parse Failure',
      'kanidmd.service: Main process exited, code=exited, status=1/FAILURE',
      "kanidmd.service: Failed with result 'exit-code'.",
      'Failed to start kanidmd.service - Kanidm, the IDM for rustaceans.',
    ]);
    await exec(client, `tee '${machine.config}'`, config);
    expect(await exec(client, 'systemctl start kanidmd')).toMatchObject({ code: 0 });
  });

  it('kills what ignores a stop', async () => {
    const config = await readFile(machine.config, 'utf8');
    await exec(client, `tee '${machine.config}'`, `${config}# ignore-sigterm\n`);
    await exec(client, 'systemctl restart kanidmd');
    expect(await exec(client, 'systemctl stop kanidmd')).toMatchObject({ code: 0 });
    expect(await show('ActiveState,Result')).toEqual({ ActiveState: 'failed', Result: 'timeout' });
    expect(machine.journalMessages()).toContain(
      'kanidmd.service: Main process exited, code=killed, status=9/KILL',
    );
    await exec(client, `tee '${machine.config}'`, config);
    await exec(client, 'systemctl start kanidmd');
  });

  it('does not know other units', async () => {
    expect(await exec(client, 'systemctl start nginx')).toMatchObject({
      code: 5,
      stderr: 'Failed to start nginx.service: Unit nginx.service not found.\n',
    });
    const { stdout } = await exec(client, 'systemctl show nginx -p LoadState -p ActiveState');
    expect(stdout).toBe('LoadState=not-found\nActiveState=inactive\n');
  });
});

describe('small facts', () => {
  it('answers date, id and uname', async () => {
    const { stdout } = await exec(client, 'date +%s.%N');
    expect(stdout).toMatch(/^\d{10}\.\d{9}\n$/);
    expect(Math.abs(parseFloat(stdout) * 1000 - Date.now())).toBeLessThan(5_000);
    expect((await exec(client, 'id -u')).stdout).toBe(`${process.getuid?.()}\n`);
    expect((await exec(client, 'uname -sr')).stdout).toMatch(/^Linux \d/);
  });

  it('runs file tools inside the machine and nowhere else', async () => {
    expect((await exec(client, `stat -c %a '${machine.config}'`)).stdout).toBe('640\n');
    expect((await exec(client, `df -P -k '${machine.folder}'`)).code).toBe(0);
    for (const folder of ['/run', '/run/lock']) {
      expect(await exec(client, `mkdir ${folder}/kanilink-test`)).toMatchObject({ code: 0 });
      expect(existsSync(join(machine.folder, folder, 'kanilink-test'))).toBe(true);
      expect(await exec(client, `mkdir ${folder}/kanilink-test`)).toMatchObject({ code: 1 });
    }
    const above = await exec(client, `stat -c %u / '${dirname(machine.folder)}' '${machine.folder}'`);
    expect(above.stdout.split('\n')[0]).toBe(String(statSync('/').uid));
    expect(above).toMatchObject({ code: 0 });
    expect(await exec(client, `ls '${dirname(machine.folder)}'`)).toMatchObject({ code: 1 });
    expect(await exec(client, 'cat /etc/passwd')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'cat: /etc/passwd: Permission denied\n',
    });
    expect((await exec(client, `rm -f '${machine.folder}/../fleet.toml'`)).stderr).toContain(
      'Permission denied',
    );
    expect(existsSync(fleet.fleet)).toBe(true);
    symlinkSync(fleet.root, join(machine.folder, 'way-out'));
    for (const command of ['ls', 'cat', `mv '${machine.config}'`, `install -m 600 /dev/stdin`]) {
      const answer = await exec(client, `${command} '${machine.folder}/way-out'`);
      expect(answer).toMatchObject({ code: 1, stdout: '' });
      expect(answer.stderr).toContain('Permission denied');
    }
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
