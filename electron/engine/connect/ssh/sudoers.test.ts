import { describe, expect, it } from 'vitest';
import { ok } from '../../../../shared/result';
import { howToAllow } from './sudoers';
import type { DeployPaths } from './sudoers-lines';

const never = new AbortController().signal;

/** A machine where these paths are, with these owners and modes; every other one is missing. */
function machine(files: Readonly<Record<string, string>>, user = 'ada', sudo = '1.9.13p3') {
  return (argv: readonly string[]) => {
    const output = (exitCode: number, stdout: string) =>
      Promise.resolve(ok({ exitCode, stdout, stderr: '', cut: false }));
    if (argv[0] === 'id') return output(0, `${user}\n`);
    if (argv[0] === 'sudo') return output(0, `Sudo version ${sudo}\n`);
    const lines = argv.slice(5).map((path) => files[path]);
    return output(
      lines.includes(undefined) ? 1 : 0,
      lines.filter((line) => line !== undefined).join('\n') + '\n',
    );
  };
}

const root = '0 755';
const folders = { '/': root, '/usr': root, '/usr/bin': root, '/usr/sbin': root, '/usr/local': root };
const debian = { ...folders, '/usr/bin/systemctl': root, '/usr/sbin/kanidmd': root };

async function advice(
  argv: readonly string[],
  run = machine(debian),
  paths: DeployPaths | null = null,
): Promise<string> {
  const told = await howToAllow(run, argv, paths, never);
  if (!told.ok) throw new Error(told.error.message);
  return told.value;
}

describe('the line for sudoers', () => {
  it('allows exactly the command, by its full path', async () => {
    expect(await advice(['systemctl', 'restart', 'kanidmd.service'])).toBe(
      'Allow exactly this command, with visudo -f /etc/sudoers.d/kanilink:\nada ALL=(root) NOPASSWD: /usr/bin/systemctl restart kanidmd.service',
    );
    expect(
      await advice(['/usr/sbin/kanidmd', 'show-replication-certificate', '-c', '/etc/kanidm/server.toml']),
    ).toMatch(/NOPASSWD: \/usr\/sbin\/kanidmd show-replication-certificate -c \/etc\/kanidm\/server\.toml$/);
  });

  it('escapes what sudoers reads as more than a character', async () => {
    expect(await advice(['systemctl', '--property=A,B', 'a:b'])).toMatch(/ --property\\=A\\,B a\\:b$/);
    expect(await advice(['systemctl'])).toMatch(/systemctl ""$/);
  });

  it.each(['*', '[a-z]', 'a b', 'x?', '#1', '!x', '^.*$', 'a\\', 'a\nb ALL=(ALL) ALL', '"x"', 'ü'])(
    'is not offered with %j in it',
    async (word) => {
      expect(await advice(['systemctl', 'restart', word])).not.toContain('NOPASSWD');
      expect(await advice([`/usr/bin/${word}`, 'x'])).not.toContain('NOPASSWD');
    },
  );

  it.each([
    '/etc/kanidm/.server.toml.kanilink-0123456789ab',
    '/etc/kanidm/.kanilink-0123456789ab/server.toml',
    '/run/lock/kanilink-kanidmd.service.new-0123456789ab',
    '--after-cursor=s=1',
  ])('is not offered for a name that is new each time: %s', async (word) => {
    expect(await advice(['systemctl', word])).toContain('new each time');
  });

  it('is not offered for a program that somebody else could replace', async () => {
    for (const more of [
      { '/usr/bin/systemctl': '1000 755' },
      { '/usr/bin/systemctl': '0 775' },
      { '/usr/bin': '0 777' },
      { '/usr': '33 755' },
    ])
      expect(await advice(['systemctl', 'stop', 'x'], machine({ ...debian, ...more }))).toContain(
        'only root can change',
      );
    // The first on sudo's way is the one that runs.
    const shadowed = machine({
      ...debian,
      '/usr/local/bin': '0 775',
      '/usr/local/bin/systemctl': root,
    });
    expect(await advice(['systemctl', 'stop', 'x'], shadowed)).not.toContain('NOPASSWD');
    expect(await advice(['nowhere'])).not.toContain('NOPASSWD');
    expect(await advice(['./systemctl'])).not.toContain('NOPASSWD');
  });

  it('is not offered for a user whose name sudoers would read otherwise', async () => {
    expect(await advice(['systemctl', 'stop', 'x'], machine(debian, 'ALL ALL'))).not.toContain('NOPASSWD');
  });
});

describe('the lines for a whole deploy', () => {
  const tools = 'stat test cat readlink mkdir chown chmod chcon rm dd mv df'.split(' ');
  const whole = { ...debian, ...Object.fromEntries(tools.map((name) => [`/usr/bin/${name}`, root])) };
  const paths: DeployPaths = {
    ...{ unit: 'kanidmd.service', kanidmd: '/usr/sbin/kanidmd', config: '/etc/kanidm/server.toml' },
    database: '/var/lib/kanidm/kanidm.db',
  };
  const restart = ['systemctl', 'restart', 'kanidmd.service'];
  const lines = async (run = machine(whole), more: Partial<DeployPaths> = {}) =>
    (await advice(restart, run, { ...paths, ...more })).split('\n');

  it('come for any command of it, and only for those', async () => {
    const [head, ...all] = await lines();
    expect(head).toContain('usermod -aG systemd-journal ada');
    expect(all).toContain('ada ALL=(root) NOPASSWD: /usr/bin/systemctl restart kanidmd.service');
    expect(all).toContain(
      'ada ALL=(root) NOPASSWD: /usr/bin/mv -T -- /etc/kanidm/.kanilink-sudo/new /etc/kanidm/server.toml',
    );
    const backup = ['/usr/sbin/kanidmd', 'scripting', 'backup'];
    const named = '/var/lib/kanidm/kanilink-backups/idm-b-20261126T050000000Z.json.gz';
    expect((await advice([...backup, named, '-c', paths.config], machine(whole), paths)).split('\n')).toEqual(
      [head, ...all],
    );
    for (const other of ['/etc/shadow', `${named} /etc/shadow`, named.replace('idm-b', '../x')])
      expect(await advice([...backup, other, '-c', paths.config], machine(whole), paths)).not.toContain(
        'systemctl',
      );
    expect(new Set(all).size).toBe(all.length);
  });

  it('hold no wildcard, and expressions only for the names of backups', async () => {
    const [, ...all] = await lines();
    const expressions = all.filter((line) => line.includes('^'));
    expect(expressions.map((line) => line.split(' ')[3])).toEqual([
      ...['/usr/sbin/kanidmd', '/usr/sbin/kanidmd', '/usr/bin/stat', '/usr/bin/test', '/usr/bin/cat'],
    ]);
    for (const line of expressions) expect(line).toMatch(/ \^[^*?]*\$$/);
    for (const line of all) if (!line.includes('^')) expect(line).not.toMatch(/[*?[\]!]/);
  });

  it('leave out and say what an older sudo, sudo-rs or an unread configuration does not allow', async () => {
    for (const sudo of ['1.9.9', '1.8.31', '-rs 0.2.8']) {
      const [head, ...all] = await lines(machine(whole, 'ada', sudo));
      expect(head).toContain('Backups are not among them');
      expect(all.join('\n')).not.toMatch(/\^|kanilink-backups\/\[/);
    }
    const [head, ...all] = await lines(machine(whole), { database: null });
    expect(head).toContain('once the configuration can be read');
    expect(all.join('\n')).not.toContain('kanilink-backups');
  });

  it('are none where a name or a program is not safe in sudoers', async () => {
    expect(await lines(machine(whole), { config: '/etc/ka nidm/server.toml' })).toHaveLength(1);
    expect(await lines(machine(whole), { config: '/etc/*/server.toml' })).toHaveLength(1);
    expect(await lines(machine({ ...whole, '/usr/bin/dd': '1000 755' }))).toHaveLength(1);
    const without = Object.fromEntries(Object.entries(whole).filter(([path]) => path !== '/usr/bin/chcon'));
    expect((await lines(machine(without))).join('\n')).not.toContain('chcon');
  });
});
