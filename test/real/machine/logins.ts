import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fault, value } from '../../support/results';
import { call, person } from '../../ssh/sshd';
import type { Workbench } from './workbench';

/** The machine's own sshd with its own PAM: a password, keys, and the way through other hosts. */
export function loginsHold(bench: () => Workbench): void {
  const accepted = () =>
    bench()
      .machine.run('journalctl', '--unit=ssh', '--output=cat', '--no-pager')
      .split('\n')
      .filter((line) => line.startsWith('Accepted '));

  it('by the machine’s own password, asked for again after a wrong one', async () => {
    const who = person({ secrets: ['wrong', 'correct horse'] });
    const target = { identity: '/no/such/key', sudo: true, id: 'by-password' };
    const server = value(await bench().open(target, who, 20_000));
    expect(value(await server.kanidmd(['domain', 'show'], call())).stdout).toContain('domain_uuid');
    expect(who.asked).toEqual([1, 2].map((attempt) => `password ada@127.0.0.1 ${attempt}`));
    expect(accepted().at(-1)).toMatch(/^Accepted password for ada /);
    await server.close();
  });

  it('through two other hosts, each with its key checked and its own user', async () => {
    const { machine, home, link } = bench();
    const config = join(home, '.ssh', 'config');
    const through = (...hosts: string[]) =>
      writeFileSync(
        config,
        `Host far\n  HostName 127.0.0.1\n  Port ${machine.sshPort}\n  User ada\n  ProxyJump ${hosts.join(',')}\nHost *\n  IdentityFile ${machine.key}\n`,
      );
    through(`root@127.0.0.1:${link.port}`, `ada@127.0.0.1:${machine.sshPort}`);
    const before = accepted().length;
    const made = link.made;
    const far = { endpoint: 'ssh://far', identity: null, id: 'far' };
    const server = value(await bench().open(far, person(), 20_000));
    expect(value(await server.kanidmd(['domain', 'show'], call())).stdout).toContain('domain_uuid');
    const ways = accepted().slice(before);
    expect(ways.map((line) => / for (\S+) /.exec(line)?.[1])).toEqual(['root', 'ada', 'ada']);
    expect(link.made - made).toBe(1);
    await server.close();
    // A host on the way that is not known ends it there.
    through(`root@127.0.0.1:${link.port}`, `ada@localhost:${machine.sshPort}`);
    const refused = fault(await bench().open({ ...far, id: 'farther' }, person(), 20_000));
    expect(refused.code).toBe('host-key-unknown');
    expect(refused.message).toContain('on the way');
    writeFileSync(config, '');
  });
}
