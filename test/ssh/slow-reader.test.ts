import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { each } from '../../electron/engine/base/batches';
import { ConnectionPool } from '../../electron/engine/connect/common/pool';
import { openSsh } from '../../electron/engine/connect/ssh/open-ssh';
import type { SshSession } from '../../electron/engine/connect/ssh/session/session';
import { value } from '../support/results';
import { call, missing, person, type Sshd, startSshd } from './sshd';

const ENTRIES = 30_000;

describe.skipIf(missing !== null)('a journal that comes faster than it is read', () => {
  let sshd: Sshd;
  const pool = new ConnectionPool<SshSession>(0);
  beforeAll(async () => {
    sshd = await startSshd();
    mkdirSync(join(sshd.home, '.ssh'), { recursive: true });
    sshd.trust('ed25519');
    const entry = (n: number) =>
      `${JSON.stringify({ __CURSOR: `s=1;i=${n.toString(16)}`, __REALTIME_TIMESTAMP: String(1_795_451_507_000_000 + n), _SYSTEMD_UNIT: 'kanidmd.service', MESSAGE: `${'x'.repeat(500)} ${n}` })}\n`;
    writeFileSync(join(sshd.state, 'journal'), Array.from({ length: ENTRIES }, (_, n) => entry(n)).join(''));
  });
  afterAll(async () => {
    await pool.close();
    await sshd?.stop();
  });

  it('is read whole, also right after a program that was cut off in the middle of what it printed', async () => {
    const server = value(await openSsh(sshd.target({ id: 'one' }), person(), call(60_000), { pool }));
    for (let turn = 0; turn < 6; turn += 1) {
      const head = { ...call(20_000), maxBytes: 10, take: () => true };
      const cut = value(await server.kanidmdHead(['flood', String(16 * 1024 * 1024)], head));
      expect(cut.cut).toBe(true);
      const got: number[] = [];
      const log = server.logs({ since: 0 }, { follow: false, signal: call().signal });
      for await (const item of each(log)) {
        if (item.kind !== 'line') throw new Error(`after ${got.length} lines: ${JSON.stringify(item)}`);
        got.push(Number(item.text.split(' ').at(-1)));
        if (got.length % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(got).toHaveLength(ENTRIES);
    }
    await server.close();
  });
});
