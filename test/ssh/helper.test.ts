import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FORMAT } from '../../electron/engine/connect/ssh/helper/parameters';
import { helperText } from '../../electron/engine/connect/ssh/helper/text';
import { race } from './race';
import { missing } from './sshd';

const idOf = (what: string) => Number(execFileSync('id', [what, 'games'], { encoding: 'utf8' }));
const sum = (text: string) => createHash('sha256').update(text).digest('hex');
const STAMP = '20261128T120000000Z';
const NUMBER = '0123456789ab';
const TOKEN = '0123456789abcdef01234567';

// The helper's own text, run by sh as root as sudo would, where the service's user prepared the ground.
describe.skipIf(missing !== null).each(['dash', 'bash'])('a helper, run by %s', (shell) => {
  let root: string;
  let data: string;
  let config: string;
  let helper: string;
  let secret: string;
  const unit = `helper-${process.pid}.service`;
  const lock = `/run/kanilink-${unit}`;
  const games = { uid: idOf('-u'), gid: idOf('-g') };
  const run = (argv: readonly string[], input = '') => {
    const { status, stdout, stderr } = spawnSync(
      shell,
      [...(shell === 'bash' ? ['--posix'] : []), helper, ...argv],
      {
        input,
        encoding: 'utf8',
        timeout: 20_000,
      },
    );
    return { status, stdout, stderr };
  };
  const asGames = (script: string) =>
    execFileSync('setpriv', [
      `--reuid=${games.uid}`,
      `--regid=${games.gid}`,
      '--clear-groups',
      '--',
      'sh',
      '-c',
      script,
    ]);

  beforeAll(() => {
    // Every folder above has to be root's, which those of a temporary folder are not.
    root = mkdtempSync('/var/lib/kanilink-test-');
    chmodSync(root, 0o755);
    const at = (...names: string[]) => join(root, ...names);
    [data, config, helper, secret] = [at('data'), at('etc/server.toml'), at('helper'), at('secret')];
    for (const name of ['data', 'etc']) mkdirSync(at(name));
    chownSync(data, games.uid, games.gid);
    const kanidmd = at('kanidmd');
    writeFileSync(
      kanidmd,
      '#!/bin/sh\necho "$(id -u):$(id -G) $*"\ncase $* in *backup*) echo packed > "$3" ;; esac\n',
    );
    chmodSync(kanidmd, 0o755);
    writeFileSync(
      helper,
      helperText({
        ...{ format: FORMAT, unit, server: 'idm-b', kanidmd, config, file: config },
        ...{ database: join(data, 'kanidm.db'), data, environment: [at('etc/environment')], variables: [] },
        user: { ...games, groups: [] },
      }),
    );
    writeFileSync(secret, 'top-secret\n', { mode: 0o600 });
  });
  beforeEach(() => {
    writeFileSync(config, 'old\n');
    chmodSync(config, 0o640);
    chownSync(config, 0, games.gid);
  });
  afterAll(() => {
    if (root) rmSync(root, { recursive: true });
  });
  const untouched = () => {
    expect(readFileSync(secret, 'utf8')).toBe('top-secret\n');
    expect(statSync(secret)).toMatchObject({ uid: 0, mode: 0o100600 });
    expect(readdirSync('/run').filter((name) => name.includes(unit))).toEqual([]);
    expect(readdirSync(join(root, 'etc'))).toEqual(['server.toml']);
  };

  it('reads and replaces the configuration, and keeps whose it is', () => {
    expect(run(['config-read']).stdout).toMatch(/^81a0:4:0:\d+:\d+\nold\n$/);
    expect(run(['config-replace', sum('other'), sum('new\n')], 'new\n').stderr).toContain('file-changed');
    expect(run(['config-replace', sum('old\n'), sum('new\n')], 'ne').stderr).toContain('read-back-differs');
    expect(readFileSync(config, 'utf8')).toBe('old\n');
    expect(run(['config-replace', sum('old\n'), sum('new\n')], 'new\n')).toMatchObject({
      status: 0,
      stdout: `${sum('new\n')}\n`,
    });
    expect(readFileSync(config, 'utf8')).toBe('new\n');
    expect(statSync(config)).toMatchObject({ uid: 0, gid: games.gid, mode: 0o100640 });
    untouched();
  });

  it('runs kanidmd as the service’s user, its tests in a folder of theirs that goes again', () => {
    expect(run(['domain']).stdout).toBe(`${games.uid}:${games.gid} domain show -c ${config}\n`);
    const tested = run(['config-test', NUMBER], 'x');
    expect(tested.stdout).toBe(
      `${games.uid}:${games.gid} configtest -c ${lock}-test-${NUMBER}/server.toml\n`,
    );
    expect(run(['backups-make'])).toMatchObject({ status: 0 });
    expect(run(['backups-make'])).toMatchObject({ status: 0 });
    expect(run(['backup', STAMP]).status).toBe(0);
    expect(run(['backup-read', STAMP]).stdout).toMatch(/\npacked\n$/);
    expect(run(['plain-backup', STAMP]).status).toBe(0);
    expect(run(['plain-backup-look', STAMP]).status).toBe(0);
    expect(readdirSync(join(data, 'kanilink-backups'))).toEqual([
      `idm-b-${STAMP}.json`,
      `idm-b-${STAMP}.json.gz`,
    ]);
    expect(statSync(join(data, 'kanilink-backups'))).toMatchObject({ ...games, mode: 0o40700 });
    expect(run(['compare-make', NUMBER]).status).toBe(0);
    expect(run(['compare-backup', NUMBER]).status).toBe(0);
    expect(run(['compare-read', NUMBER]).stdout).toMatch(/\npacked\n$/);
    expect(run(['compare-remove', NUMBER]).status).toBe(0);
    expect(existsSync(join(data, `.kanilink-${NUMBER}`))).toBe(false);
    expect(Number(run(['free']).stdout.trim().split('\n').at(-1))).toBeGreaterThan(0);
    rmSync(join(data, 'kanilink-backups'), { recursive: true });
    untouched();
  });

  it('locks, and gives back and takes over only what is named', () => {
    const owner = `{"who":"ada","token":"${TOKEN}"}\n`;
    expect(run(['lock', TOKEN], owner).status).toBe(0);
    expect(readFileSync(join(lock, 'owner'), 'utf8')).toBe(owner);
    expect(run(['lock', TOKEN.replace('0', 'f')], owner.replace('"0', '"f')).stderr).toContain('locked');
    expect(run(['unlock', TOKEN.replace('0', 'f')]).stderr).toContain('locked');
    expect(run(['unlock', 'unread']).stderr).toContain('locked');
    expect(existsSync(lock)).toBe(true);
    expect(run(['unlock', TOKEN]).status).toBe(0);
    expect(run(['unlock', TOKEN]).stderr).toContain('lock-lost');
    expect(run(['lock', TOKEN], 'nonsense').status).not.toBe(0);
    untouched();
  });

  it('follows no link of the service’s, and reads, writes and removes nothing of root’s by one', async () => {
    const backup = `${data}/kanilink-backups/idm-b-${STAMP}.json.gz`;
    asGames(
      `mkdir -m 700 ${data}/kanilink-backups; ln -s ${secret} ${backup}; ln -s ${root} ${data}/.kanilink-${NUMBER}; ln -s ${secret} ${data}/kanidm.db`,
    );
    expect(run(['backup-read', STAMP]).stdout).not.toContain('secret');
    run(['backup', STAMP]);
    run(['backup-stopped', STAMP]);
    expect(run(['compare-make', NUMBER]).status).not.toBe(0);
    expect(run(['compare-remove', NUMBER]).status).toBe(0);
    expect(existsSync(join(data, `.kanilink-${NUMBER}`))).toBe(false);
    run(['database-look']);
    rmSync(join(data, 'kanilink-backups'), { recursive: true });
    symlinkSync(root, join(data, 'kanilink-backups'));
    expect(run(['backups-make']).stderr).toContain('folder-not-safe');
    for (const name of readdirSync(data)) rmSync(join(data, name), { recursive: true });
    untouched();
    // While it is tested, the folder of the test is theirs.
    await race(
      games,
      `while (1) { for (glob("${lock}-test-*")) { symlink("${secret}", "$_/server.toml"); symlink("${root}", "$_/l"); unlink("$_/server.toml"); } }`,
      async () => {
        for (let round = 0; round < 15; round++) run(['config-test', NUMBER], 'domain = "x"\n');
      },
    );
    rmSync(`${lock}-test-${NUMBER}`, { recursive: true, force: true });
    untouched();
  });

  it('works in no folder that others may write into, and for no other user', () => {
    const folder = join(root, 'etc');
    for (const break_ of [
      () => chmodSync(folder, 0o775),
      () => chmodSync(folder, 0o757),
      () => chownSync(folder, games.uid, 0),
      () => chmodSync(root, 0o777),
    ]) {
      break_();
      for (const verb of [['config-read'], ['config-look'], ['config-replace', sum('old\n'), sum('x')]])
        expect(run(verb, 'x')).toMatchObject({ status: 75, stdout: '' });
      chownSync(folder, 0, 0);
      chmodSync(folder, 0o755);
      chmodSync(root, 0o755);
    }
    expect(readFileSync(config, 'utf8')).toBe('old\n');
    rmSync(config);
    symlinkSync(secret, config);
    expect(run(['config-read'])).toMatchObject({ status: 75, stdout: '' });
    rmSync(config);
    writeFileSync(config, 'old\n');
    chownSync(data, 4321, 4321);
    expect(run(['domain'])).toMatchObject({ status: 75, stdout: '' });
    chownSync(data, 0, 0);
    expect(run(['compare-remove', NUMBER])).toMatchObject({ status: 75, stdout: '' });
    chownSync(data, games.uid, games.gid);
    untouched();
  });
});
