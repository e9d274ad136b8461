import { expect, it } from 'vitest';
import { sha256Of } from '../../../../electron/engine/connect/common/files';
import { call } from '../../../ssh/sshd';
import type { SystemdMachine } from '../support/machine';
import type { Scene } from './scene';

const CONFIG = '/etc/kanidm/server.toml';
const ROUNDS = process.env['KANILINK_LONG'] === '1' ? 40 : 5;

/** Every way that was found from a restricted login, or from the service's own user, to root's rights. */
export function attacksFail(scene: () => Scene): void {
  const as = (machine: SystemdMachine, user: string, script: string): string =>
    machine.run('/bin/sh', '-c', 'runuser -u "$1" -- /bin/sh -c "$2" 2>&1; true', 'sh', user, script);
  /** What is root's: what an attack would change, or read. */
  const plant = ({ run }: SystemdMachine) => {
    run(
      '/bin/sh',
      '-c',
      'rm -rf /root/tree; mkdir -p /root/tree/sub; echo top-secret > /root/tree/secret; echo x > /root/tree/sub/deep; chmod 600 /root/tree/secret; chmod 711 /root',
    );
    return look({ run });
  };
  const look = ({ run }: Pick<SystemdMachine, 'run'>) =>
    run(
      '/bin/sh',
      '-c',
      'find /root/tree /etc/sudoers.d /etc/shadow /etc/passwd /etc/kanidm /usr/local/sbin -printf "%p %y %u %g %m %s\\n" | sort; ls -A /etc',
    );

  it('ada: the lock’s names, links and pipes of hers in every place she may write', async () => {
    const { a, helpers } = scene();
    const before = plant(a);
    const helper = `sudo -n ${helpers.a.path}`;
    const lock = 'kanilink-kanidmd.service';
    for (const place of ['/run', '/run/lock', '/tmp', '/var/tmp', '/dev/shm'])
      as(
        a,
        'ada',
        `cd ${place} && ln -s /etc/sudoers.d ${lock}.new; mkdir ${lock}; ln -s /root/tree/secret ${lock}/owner; ln -s /root/tree ${lock}-test-000000000000`,
      );
    const token = '0123456789abcdef01234567';
    const line = `{"who":"ada ALL=(ALL) NOPASSWD: ALL","token":"${token}"}`;
    as(a, 'ada', `echo '${line}' | ${helper} lock ${token}`);
    expect(as(a, 'ada', `cat /run/${lock}/owner`)).toContain(token);
    as(a, 'ada', `${helper} unlock ${token}`);
    expect(a.run('ls', '/run')).not.toContain('kanilink');
    expect(as(a, 'ada', 'sudo -n id')).toContain('a password is required');
    for (const place of ['/run/lock', '/tmp', '/var/tmp', '/dev/shm'])
      as(a, 'ada', `rm -rf ${place}/${lock} ${place}/${lock}*`);
    expect(look(a)).toBe(before);
  });

  it('ada: the helper with words that are more than a checksum, a time or a number', async () => {
    const { a, helpers } = scene();
    const before = plant(a);
    const words = [
      '',
      '..',
      '../../etc/x',
      '/etc/shadow',
      '$(id)',
      '`id`',
      '; id',
      '-rf',
      '*',
      'a b',
      '20261128T000000000Z/../x',
      '20261128T000000000Z\n',
      '000000000000/..',
      '--help',
      '-c',
    ];
    const verbs = [
      'config-replace',
      'config-test',
      'backup',
      'backup-stopped',
      'backup-look',
      'backup-read',
      'plain-backup',
      'plain-backup-read',
      'compare-make',
      'compare-backup',
      'compare-read',
      'compare-remove',
      'lock',
      'unlock',
    ];
    const script = verbs
      .flatMap((verb) =>
        words.map(
          (word) => `sudo -n ${helpers.a.path} ${verb} '${word}' </dev/null >/dev/null 2>&1; echo $?`,
        ),
      )
      .join('\n');
    const codes = new Set(as(a, 'ada', script).split('\n'));
    expect([...codes]).toEqual(['75']);
    for (const verb of [
      '',
      'x',
      'config-read /etc/shadow',
      '/etc/shadow',
      '--',
      'environment-9',
      'sh',
      'config_is_roots',
      'show /etc/shadow',
    ])
      expect(as(a, 'ada', `sudo -n ${helpers.a.path} ${verb}`), verb).toContain('kanilink-helper: usage');
    // Neither does its environment, nor another program by its name.
    const poisoned =
      'PATH=/tmp/evil:$PATH LD_PRELOAD=/tmp/evil/x.so ENV=/tmp/evil/env BASH_ENV=/tmp/evil/env IFS=/';
    as(
      a,
      'ada',
      'mkdir -p /tmp/evil; for it in stat cat sha256sum setpriv env mktemp; do printf "#!/bin/sh\\nid > /tmp/evil/ran-$it\\n" > /tmp/evil/$it; chmod 755 /tmp/evil/$it; done; echo "id > /tmp/evil/ran-env" > /tmp/evil/env',
    );
    as(
      a,
      'ada',
      `cd /tmp/evil; ${poisoned} sudo -n -E ${helpers.a.path} config-look; ${poisoned} sudo -n ${helpers.a.path} config-look`,
    );
    expect(a.run('ls', '/tmp/evil')).not.toContain('ran-');
    for (const edit of [
      `cp /bin/sh ${helpers.a.path}`,
      `mv ${helpers.a.path} /tmp`,
      `ln -sf /bin/sh ${helpers.a.path}`,
      `sudo -n cat /etc/shadow`,
    ])
      expect(as(a, 'ada', edit)).toMatch(/denied|not permitted|password is required/i);
    as(a, 'ada', 'rm -rf /tmp/evil');
    expect(look(a)).toBe(before);
  });

  it('ada: a configuration of hers, whose paths are root’s files', async () => {
    const { a, helpers } = scene();
    const before = plant(a);
    const own = a.run('cat', CONFIG);
    const config = own
      .replace(/db_path = .*/, 'db_path = "/etc/evil-created-by-root.db"')
      .replace(/adminbindpath = .*/, 'adminbindpath = "/root/tree/secret"');
    as(
      a,
      'ada',
      `cat > /tmp/hers.toml <<'X'\n${config}\nX\nsudo -n ${helpers.a.path} config-test 000000000001 < /tmp/hers.toml; rm /tmp/hers.toml`,
    );
    expect(a.run('cat', '/root/tree/secret')).toBe('top-secret');
    expect(a.run('ls', '/etc')).not.toContain('evil');
    // More than a configuration may be long, and bytes that are not the ones that were promised.
    const sum = '0'.repeat(64);
    as(a, 'ada', `head -c 40000000 /dev/zero | sudo -n ${helpers.a.path} config-replace ${sum} ${sum}`);
    as(a, 'ada', `head -c 40000000 /dev/zero | sudo -n ${helpers.a.path} lock 0123456789abcdef01234567`);
    as(a, 'ada', `head -c 40000000 /dev/zero | sudo -n ${helpers.a.path} config-test 000000000002`);
    expect(a.run('ls', '-A', '/run', '/etc/kanidm')).not.toContain('kanilink');
    expect(look(a)).toBe(before);
  });

  // The service was taken over: its user swaps whatever lies in its folder, as fast as it can, while others work there.
  for (const user of ['root', 'ada'])
    it(`the service’s user: links in place of what ${user === 'ada' ? 'the helper' : 'root'} makes, in a loop`, async () => {
      const { a, b, open } = scene();
      for (const machine of [a, b]) {
        const before = plant(machine);
        const data = machine.run('readlink', '-f', '/var/lib/kanidm');
        const uid = machine.run('stat', '-c', '%u', data);
        const loop = `
for (my $i = 0; 1; $i++) {
  for my $d (glob("$ENV{D}/.kanilink*"), "$ENV{D}/kanilink-backups", glob("/run/kanilink-*-test-*")) {
    rename($d, "$ENV{D}/gone$i") or rmdir($d);
    for my $t ("/root/tree", "/root/tree/secret", "/etc/sudoers.d", "/") { symlink($t, $d); symlink($t, "$d/l$i"); symlink($t, "$d/server.toml"); select(undef, undef, undef, 0.002); unlink($d); }
    rename("$ENV{D}/gone$i", $d);
  }
  select(undef, undef, undef, 0.001);
}`;
        machine.run(
          '/bin/sh',
          '-c',
          'printf %s "$1" > /tmp/race.pl; cd "$2"; D=. setsid setpriv --reuid=$3 --regid=$3 --clear-groups perl /tmp/race.pl >/dev/null 2>&1 & echo $! > /tmp/race.pid',
          'sh',
          loop,
          data,
          uid,
        );
        const server = await open(machine, {}, user);
        const config = machine.run('/bin/sh', '-c', `cat ${CONFIG}; echo .`).slice(0, -1);
        const bytes = new TextEncoder().encode(config);
        try {
          for (let round = 0; round < ROUNDS; round++) {
            const scratch = await server.scratch({ ...call(20_000), beside: '/var/lib/kanidm' });
            if (scratch.ok) {
              const path = `${scratch.value.path}/compare.json.gz`;
              await server.kanidmd(['scripting', 'backup', path], call(20_000));
              const read = await server.readFile(path, { ...call(20_000), maxBytes: 10_000_000 });
              if (read.ok) expect(Buffer.from(read.value.bytes).toString()).not.toMatch(/top-secret|root:/);
              await scratch.value.remove(call(20_000));
            }
            await server.makeFolder('/var/lib/kanidm/kanilink-backups', 0o700, call(20_000));
            await server.testConfig(bytes, call(20_000));
            const asked = { ...call(20_000), expect: sha256Of(bytes) };
            if (round === 0) expect((await server.replaceFile(CONFIG, bytes, asked)).ok).toBe(true);
          }
        } finally {
          machine.run('/bin/sh', '-c', 'kill -KILL "$(cat /tmp/race.pid)"; rm -f /tmp/race.pl /tmp/race.pid');
          await server.close();
        }
        expect(look(machine), machine.name).toBe(before);
        machine.run(
          '/bin/sh',
          '-c',
          'cd "$1" && rm -rf .kanilink* gone* kanilink-backups; rm -rf /run/kanilink-*',
          'sh',
          data,
        );
      }
    });

  it('the service’s user: links that are there already, for whoever reads or writes a backup', async () => {
    const { a, open } = scene();
    const before = plant(a);
    const stamp = '20261128T000000000Z';
    const file = `/var/lib/kanidm/kanilink-backups/idm-a-${stamp}.json.gz`;
    for (const user of ['root', 'ada']) {
      const server = await open(a, {}, user);
      as(a, 'kanidm', `mkdir -m 700 -p /var/lib/kanidm/kanilink-backups; ln -sf /root/tree/secret ${file}`);
      const read = await server.readFile(file, { ...call(20_000), maxBytes: 10_000 });
      expect(read.ok).toBe(false);
      as(a, 'kanidm', `ln -sf /root/tree/new ${file}`);
      await server.kanidmd(['scripting', 'backup', file], call(30_000));
      await server.kanidmd(['database', 'backup', file], call(30_000));
      as(a, 'kanidm', `rm -f ${file}; mkfifo ${file}`);
      expect((await server.readFile(file, { ...call(5_000), maxBytes: 10_000 })).ok).toBe(false);
      as(
        a,
        'kanidm',
        `rm -rf /var/lib/kanidm/kanilink-backups; ln -s /root/tree /var/lib/kanidm/kanilink-backups`,
      );
      expect((await server.makeFolder('/var/lib/kanidm/kanilink-backups', 0o700, call(20_000))).ok).toBe(
        false,
      );
      as(a, 'kanidm', 'rm /var/lib/kanidm/kanilink-backups');
      await server.close();
    }
    expect(look(a)).toBe(before);
  });
}
