import { randomUUID } from 'node:crypto';
import { chmodSync, createWriteStream, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBackup } from '../../electron/engine/compare/read-backup';
import { takeBackup } from '../../electron/engine/compare/take-backup';
import type { ServerConnection } from '../../electron/engine/connect/connection';
import { ConnectionPool } from '../../electron/engine/connect/common/pool';
import { openSsh } from '../../electron/engine/connect/ssh/open-ssh';
import { backup } from '../../electron/engine/deploy/steps/backup';
import { baselineOf, type Site } from '../../electron/engine/deploy/deployment/deployment';
import type { BackupStep } from '../../shared/plan/steps/backup';
import { trusted } from '../../shared/base/names';
import { value } from '../support/results';
import { call, missing, person, type Sshd, startSshd } from '../ssh/sshd';
import { fakeDeployment, fakeServer, fakeSite } from '../support/fake-deployment';
import { domainOfTest, observedOfTest } from '../support/fleet-fixtures';

/** Text of a backup, unpacked. Bytes. */
const UNPACKED = 600_000_000;
const DOMAIN = domainOfTest('a');
const SERVER = randomUUID();

/** As kanidmd writes it: about two kilobytes an entry, most of them the change state of each attribute. */
function* backupText(): Iterable<string> {
  const at = (n: number) => `{"t":{"secs":${1_795_000_000 + n},"nanos":388198475},"s":"${SERVER}"}`;
  yield `{"version":"1.10","db_s_uuid":"${SERVER}","db_d_uuid":"${DOMAIN}","db_ts_max":{"secs":1795904357,"nanos":388198475},"keyhandles":{},"repl_meta":{"V1":{"ruv":[${at(1)}]}},"entries":[`;
  let size = 0;
  for (let n = 0; size < UNPACKED;) {
    let piece = '';
    for (let of = 0; of < 500; of++, n++) {
      const names = [
        'class',
        'displayname',
        'mail',
        'name',
        'spn',
        'uuid',
        'primary_credential',
        'id_verification_eckey',
        'gidnumber',
        'last_modified_cid',
      ];
      const changes = names.map((name) => `"${name}":${at(n)}`).join(',');
      const secret = randomUUID() + randomUUID() + randomUUID() + randomUUID() + randomUUID() + randomUUID();
      piece += `${n === 0 ? '' : ','}{"ent":{"V3":{"changestate":{"V1Live":{"at":${at(n)},"changes":{${changes}}}},"attrs":{"class":{"I8":["account","object","person"]},"displayname":{"U8":["Person ${n}"]},"mail":{"EM":["p${n}@example.com",[]]},"name":{"N8":["person${n}"]},"primary_credential":{"CR":[{"n":"primary","t":{"v4":"${secret}"}}]},"spn":{"SPN":[["person${n}","idm.example.com"]]},"uuid":{"UU":["${randomUUID()}"]}}}}}`;
    }
    size += piece.length;
    yield piece;
  }
  yield ']}';
}

const write = async (path: string, packed: boolean): Promise<void> => {
  const text = Readable.from(backupText());
  await (packed
    ? pipeline(text, createGzip({ level: 1 }), createWriteStream(path))
    : pipeline(text, createWriteStream(path)));
};

describe.skipIf(missing !== null)('a backup of 600 MB', () => {
  let sshd: Sshd;
  let database: string;
  beforeAll(async () => {
    sshd = await startSshd();
    sshd.trust('ed25519');
    database = join(sshd.folder, 'db');
    mkdirSync(database, { mode: 0o750 });
    writeFileSync(join(database, 'kanidm.db'), Buffer.alloc(300_000_000));
    await write(join(sshd.state, 'packed'), true);
    await write(join(sshd.state, 'plain'), false);
    writeFileSync(
      join(sshd.folder, 'bin', 'kanidmd'),
      `#!/bin/bash\n[ "$1 $2" = 'scripting backup' ] && cp "$(cat ${sshd.state}/which)" "$3"\n`,
    );
    chmodSync(join(sshd.folder, 'bin', 'kanidmd'), 0o755);
  }, 300_000);
  afterAll(async () => {
    await sshd?.stop();
  });

  const siteOf = async (server: ServerConnection): Promise<Site> => {
    const config = observedOfTest({ id: 'idm-a', domain: 'a', tables: [] }).file?.text ?? '';
    const faked = await fakeSite(
      fakeServer('idm-a', [], {
        config: config.replace('/var/lib/kanidm/kanidm.db', join(database, 'kanidm.db')),
      }),
    );
    const { connection } = faked;
    const here = (path: string) => path.startsWith(database);
    return {
      ...faked,
      connection: {
        ...connection,
        kanidmd: (args, it) => (args[0] === 'scripting' ? server : connection).kanidmd(args, it),
        readFile: (path, it) => (here(path) ? server : connection).readFile(path, it),
        stat: (path, it) => (here(path) ? server : connection).stat(path, it),
        makeFolder: (path, mode, it) => (here(path) ? server : connection).makeFolder(path, mode, it),
        freeSpace: (path, it) => (here(path) ? server : connection).freeSpace(path, it),
        scratch: (it) => server.scratch(it),
      },
    };
  };

  it.each([
    { which: 'packed', sudo: false },
    { which: 'packed', sudo: true },
    { which: 'plain', sudo: false },
    { which: 'plain', sudo: true },
  ])(
    '$which, sudo $sudo, is taken, read back and read for a comparison',
    { timeout: 600_000 },
    async ({ which, sudo }) => {
      writeFileSync(join(sshd.state, 'which'), join(sshd.state, which));
      if (sudo) sshd.loginIs(54321);
      const server = value(
        await openSsh(sshd.target({ sudo }), person(), call(), { pool: new ConnectionPool(0) }),
      );
      const site = await siteOf(server);
      const { deployment, end } = await fakeDeployment([site]);
      let most = 0;
      const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 50);
      const tell = (what: string, since: number) =>
        process.stderr.write(
          `${which} sudo=${sudo} ${what}: ${((performance.now() - since) / 1000).toFixed(1)} s, peak ${Math.round(most / 1e6)} MB\n`,
        );
      try {
        let since = performance.now();
        deployment.baselines.set(site.server.id, baselineOf(site.observed));
        const step: BackupStep = {
          id: trusted('s1'),
          server: site.server.id,
          action: 'backup',
          stops: false,
          needs: [],
          requires: [],
          summary: '',
          why: '',
          risk: 'low',
          diff: null,
          erases: [],
        } as unknown as BackupStep;
        const done = await backup(deployment, step);
        tell('backup step', since);
        expect(done).toMatchObject({ ok: true });
        most = 0;
        since = performance.now();
        const taken = value(await takeBackup(site, deployment.configDir, call(300_000)));
        tell('take', since);
        const read = value(await readBackup(taken.bytes, new Set(), taken, new AbortController().signal));
        tell('take and read', since);
        expect(read.backup.states.size).toBeGreaterThan(300_000);
        expect(readdirSync(database).filter((name) => name.startsWith('.kanilink'))).toEqual([]);
        expect(existsSync(join(database, 'kanilink-backups'))).toBe(true);
      } finally {
        clearInterval(timer);
        await end();
        await server.close();
      }
    },
  );
});
