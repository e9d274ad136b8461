import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { ConnectionPool } from '../../electron/engine/connect/common/pool';
import { openSsh } from '../../electron/engine/connect/ssh/open-ssh';
import type { SshSession } from '../../electron/engine/connect/ssh/session/session';
import { value } from '../support/results';
import { call, missing, person, type Sshd, startSshd } from '../ssh/sshd';
import { compare } from './support/compare';
import { windowSide } from './support/log-to-the-view';

const run = promisify(execFile);
const MEGABYTES = 100;

/** A real sshd and OpenSSH's own client; kanidmd and journalctl are small scripts, so that what is timed is the way. */
describe.skipIf(missing !== null)('SSH', () => {
  let sshd: Sshd;
  const pool = new ConnectionPool<SshSession>(600_000);
  const open = async (id: string) =>
    value(await openSsh(sshd.target({ id }), person(), call(60_000), { pool }));
  const ssh = (command: string): readonly [string, readonly string[]] => [
    '/bin/sh',
    [
      ...[
        '-c',
        'exec ssh -F none -i "$1" -o UserKnownHostsFile="$2" -o BatchMode=yes -p "$3" root@127.0.0.1 "$4" >/dev/null',
      ],
      ...['sh', sshd.key, join(sshd.home, '.ssh', 'known_hosts'), String(sshd.port), command],
    ],
  ];

  beforeAll(async () => {
    sshd = await startSshd();
    mkdirSync(join(sshd.home, '.ssh'), { recursive: true });
    sshd.trust('ed25519');
  });
  afterAll(async () => {
    await pool.close();
    await sshd?.stop();
  });

  it('a second command on a pooled connection, against a fresh `ssh host true`', async () => {
    const server = await open('one');
    const [program, argv] = ssh('true');
    await compare('a command on a pooled connection / ssh host true', {
      ours: async () => value(await server.kanidmd(['version'], call())),
      theirs: () => run(program, argv),
      runs: 15,
    });
    await server.close();
  });

  it.each([5, 20])('a certificate from %i servers side by side, against one', async (count) => {
    const servers = await Promise.all(Array.from({ length: count }, (_, index) => open(`idm-${index}`)));
    const ask = async (server: (typeof servers)[number]) =>
      value(await server.kanidmd(['show-replication-certificate'], call(60_000)));
    const [first] = servers;
    if (first === undefined) throw new Error('no server');
    await compare(`a certificate from ${count} servers / from one`, {
      ours: () => Promise.all(servers.map(ask)),
      theirs: () => ask(first),
      runs: 15,
    });
    await Promise.all(servers.map((server) => server.close()));
  });

  it.each([5, 20])('connecting to %i servers and asking each, against one', async (count) => {
    const cold = async (id: string) => {
      const server = value(
        await openSsh(sshd.target({ id }), person(), call(60_000), {
          pool: new ConnectionPool<SshSession>(0),
        }),
      );
      value(await server.kanidmd(['show-replication-certificate'], call(60_000)));
      await server.close();
    };
    await compare(`connecting and a certificate from ${count} servers / from one`, {
      ours: () => Promise.all(Array.from({ length: count }, (_, index) => cold(`idm-${index}`))),
      theirs: () => cold('idm-0'),
      runs: 5,
    });
  });

  it(`a journal of ${MEGABYTES} MB, entry by entry, against ssh host cat`, async () => {
    const journal = join(sshd.state, 'journal');
    const entries = await writeJournal(journal, MEGABYTES);
    const window = await windowSide();
    const server = await open('one');
    const [program, argv] = ssh(`cat ${journal}`);
    await compare(`journal, ${MEGABYTES} MB in ${entries} entries / ssh host cat >/dev/null`, {
      ours: async () => {
        let lines = 0;
        const log = server.logs({ since: 0 }, { follow: false, signal: call().signal });
        for await (const items of log) for (const item of items) if (item.kind === 'line') lines++;
        if (lines !== entries) throw new Error(`${lines} of ${entries} entries came`);
      },
      theirs: () => run(program, argv),
      runs: 3,
    });
    await compare(`journal, the same to what the window shows / ssh host cat >/dev/null`, {
      ours: async () => {
        const lines = await window.read(server);
        if (lines !== entries) throw new Error(`${lines} of ${entries} entries came`);
      },
      theirs: () => run(program, argv),
      runs: 3,
    });
    await window.close();
    await server.close();
    rmSync(journal);
  });
});

/** Entries with the fields journald gives a service's lines, about a kilobyte each. @returns how many. */
async function writeJournal(path: string, megabytes: number): Promise<number> {
  writeFileSync(path, '');
  const out = createWriteStream(path);
  const fields = Object.fromEntries(
    [
      '_BOOT_ID',
      '_MACHINE_ID',
      '_SYSTEMD_INVOCATION_ID',
      '_STREAM_ID',
      '_CMDLINE',
      '_EXE',
      '_SELINUX_CONTEXT',
      '_CAP_EFFECTIVE',
      '_SYSTEMD_SLICE',
      '_SYSTEMD_CGROUP',
      '_TRANSPORT',
      'SYSLOG_IDENTIFIER',
      '_HOSTNAME',
      '_UID',
      '_GID',
      '_PID',
      '_COMM',
      'PRIORITY',
      'SYSLOG_FACILITY',
      '_RUNTIME_SCOPE',
    ].map((name) => [name, 'kanidmd-0123456789abcdef']),
  );
  let size = 0;
  let count = 0;
  while (size < megabytes * 1e6) {
    const at = 1_795_451_507_000_000 + ++count * 1_000;
    const line = `${JSON.stringify({
      __CURSOR: `s=1;i=${count.toString(16)};b=0123456789abcdef0123456789abcdef;t=${at.toString(16)}`,
      __REALTIME_TIMESTAMP: String(at),
      __MONOTONIC_TIMESTAMP: String(at),
      ...fields,
      _SYSTEMD_UNIT: 'kanidmd.service',
      MESSAGE: `00000000-0000-0000-0000-000000000000 INFO     request [ 1.52ms | 34.52% / 100.00% ] method: GET | uri: /status | n: ${count}`,
    })}\n`;
    size += line.length;
    if (!out.write(line)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
  return count;
}
