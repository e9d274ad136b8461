import { describe, expect, it } from 'vitest';
import { ok } from '../../../../shared/result';
import { howToAllow } from './sudoers';

const never = new AbortController().signal;

/** A machine where these paths are, with these owners and modes; every other one is missing. */
function machine(files: Readonly<Record<string, string>>, user = 'ada') {
  return (argv: readonly string[]) => {
    const output = (exitCode: number, stdout: string) =>
      Promise.resolve(ok({ exitCode, stdout, stderr: '', cut: false }));
    if (argv[0] === 'id') return output(0, `${user}\n`);
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

async function advice(argv: readonly string[], run = machine(debian)): Promise<string> {
  const told = await howToAllow(run, argv, never);
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
