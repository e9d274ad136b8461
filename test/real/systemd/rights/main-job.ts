import { expect, it } from 'vitest';
import { fault, value } from '../../../support/results';
import { call, until } from '../../../ssh/sshd';
import { backupHeadComes } from '../../contract/head';
import { pairAndProve } from '../../docker/support/job';
import type { SystemdMachine } from '../support/machine';
import type { Scene } from './scene';

const CONFIG = '/etc/kanidm/server.toml';

/** A whole deploy, a comparison and its undoing by a login that may run one helper as root, and nothing else. */
export function helperDeploys(scene: () => Scene): void {
  const kanidmd = ({ run }: SystemdMachine, ...args: string[]) =>
    run('/usr/sbin/kanidmd', ...args, '-c', CONFIG);

  it('pairs, refreshes after a backup, compares, and puts back', async () => {
    const { a, b, kanilink, fleet } = scene();
    const before = [a, b].map(({ run }) => run('sha256sum', CONFIG));
    kanidmd(a, 'practice', 'create-person', 'before');
    await pairAndProve(kanilink, fleet);
    expect(kanidmd(b, 'practice', 'entries')).toContain('before');
    kanidmd(b, 'practice', 'create-person', 'after');
    await until(
      () => kanidmd(a, 'practice', 'entries').includes('after'),
      () => 'what is new on b did not reach a',
    );
    const compared = value(await kanilink.compare(fleet, call(120_000)));
    expect(compared).toMatchObject([{ result: 'same' }]);
    for (const machine of [a, b]) {
      expect(machine.run('stat', '-c', '%U:%G %a', CONFIG)).toBe('root:kanidm 440');
      const left = machine.run('ls', '-A', '/run', '/home/ada', '/etc/kanidm', '/var/lib/kanidm/');
      expect(left.replaceAll('kanilink-backups', '')).not.toContain('kanilink');
    }
    expect(b.run('ls', '/var/lib/kanidm/kanilink-backups')).toMatch(/^idm-b-\S+\.json\.gz$/);
    expect(b.run('stat', '-c', '%a', '/var/lib/kanidm/kanilink-backups')).toBe('700');
    const [last] = value(await kanilink.pastDeploys(fleet)).deploys;
    const job = { kind: 'rollback' as const, deploy: last?.deploy ?? '' };
    const plan = value(await kanilink.plan(fleet, { ...call(60_000), job }));
    const events = [];
    const consent = { fingerprint: plan.fingerprint, erase: [], job };
    for await (const event of kanilink.deploy(fleet, consent, new AbortController().signal))
      events.push(event);
    expect(events.at(-1), JSON.stringify(events)).toMatchObject({ kind: 'finished' });
    expect([a, b].map(({ run }) => run('sha256sum', CONFIG))).toEqual(before);
  });

  it('gives the head of a backup, and no file is made', async () => {
    const { a, open } = scene();
    const server = await open(a);
    await backupHeadComes(server, () => a.run('ls', '-A', '/var/lib/kanidm/', '/run').split('\n'));
    await server.close();
  });

  it('locks with everybody else, and takes a lock over that is stale', async () => {
    const { a, open } = scene();
    const owner = (deploy: string, since = Date.now()) => ({ who: 'ada', host: 'desk', deploy, since });
    const fresh = { ...call(30_000), takeOver: false };
    const [ada, root] = [await open(a), await open(a, {}, 'root')];
    const held = value(await ada.lock(owner('one'), fresh));
    expect(fault(await root.lock(owner('two'), fresh))).toMatchObject({ code: 'locked' });
    expect(fault(await ada.lock(owner('two'), fresh)).detail).toContain('deploy one');
    value(await held.check(call()));
    value(await held.release(call()));
    const left = value(await root.lock(owner('old', Date.now() - 7_200_000), fresh));
    expect(fault(await ada.lock(owner('new'), fresh)).code).toBe('lock-stale');
    const taken = value(await ada.lock(owner('new'), { ...call(30_000), takeOver: true }));
    expect(fault(await left.check(call())).code).toBe('lock-lost');
    value(await left.release(call()));
    value(await taken.check(call()));
    value(await taken.release(call()));
    expect(a.run('ls', '/run')).not.toContain('kanilink');
    await ada.close();
    await root.close();
  });

  it('is refused with a helper that was changed, or that others may change', async () => {
    const { a, open, helpers } = scene();
    const read = async () => {
      const server = await open(a);
      const read_ = await server.readFile(CONFIG, { ...call(30_000), maxBytes: 100_000 });
      await server.close();
      return read_;
    };
    value(await read());
    const keep = () => a.run('cp', '-p', helpers.a.path, '/root/helper');
    const back = () => a.run('install', '-m', '0755', '/root/helper', helpers.a.path);
    keep();
    a.run('/bin/sh', '-c', `echo 'id' >> ${helpers.a.path}`);
    expect(fault(await read())).toMatchObject({
      code: 'helper-outdated',
      fix: expect.stringContaining('kanilink helper'),
    });
    back();
    a.run('chown', 'ada', helpers.a.path);
    expect(fault(await read()).code).toBe('helper-changed');
    back();
    a.run('chmod', '0775', helpers.a.path);
    expect(fault(await read()).code).toBe('helper-changed');
    back();
    a.run('chown', 'root', helpers.a.path);
    value(await read());
  });

  it('may look by the printed lines where no helper is, and is told what would let it deploy', async () => {
    const { a, open, helpers } = scene();
    a.run('mv', helpers.a.path, '/root/helper');
    const lines = helpers.a.readOnly;
    expect(lines.length).toBeGreaterThan(3);
    a.run('/bin/sh', '-c', 'printf "%s\\n" "$@" > /etc/sudoers.d/look', 'sh', ...lines);
    a.run('visudo', '--check', '--file=/etc/sudoers.d/look');
    try {
      const server = await open(a);
      expect(value(await server.kanidmd(['domain', 'show'], call(30_000))).stdout).toContain('domain_uuid');
      const config = value(await server.readFile(CONFIG, { ...call(30_000), maxBytes: 100_000 }));
      expect(Buffer.from(config.bytes).toString()).toContain('made by hand');
      expect(value(await server.facts(call(30_000))).configPath).toBe(CONFIG);
      const asked = { ...call(30_000), expect: config.sha256 };
      for (const refused of [
        await server.replaceFile(CONFIG, config.bytes, asked),
        await server.testConfig(config.bytes, call(30_000)),
        await server.service.restart(call(30_000)),
        await server.scratch({ ...call(30_000), beside: '/var/lib/kanidm' }),
        await server.makeFolder('/var/lib/kanidm/kanilink-backups', 0o700, call(30_000)),
        await server.lock(
          { who: 'a', host: 'b', deploy: 'c', since: 0 },
          { ...call(30_000), takeOver: false },
        ),
        await server.kanidmd(['renew-replication-certificate'], call(30_000)),
        await server.readFile('/etc/shadow', { ...call(30_000), maxBytes: 100_000 }),
      ]) {
        expect(fault(refused).code).toBe('sudo-refused');
        expect(fault(refused).fix).toContain('kanilink helper FLEET --server idm-a');
      }
      await server.close();
    } finally {
      a.run('rm', '/etc/sudoers.d/look');
      a.run('mv', '/root/helper', helpers.a.path);
    }
  });
}
