import {
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServerConnection } from '../../../electron/engine/connect/connection';
import { sha256Of } from '../../../electron/engine/connect/common/files';
import { value } from '../../support/results';
import { call } from '../../ssh/sshd';
import { missing } from './support/engine';
import { type Rig, startRig } from './support/rig';

const SLEEPING = 'setInterval(() => undefined, 1000); process.on("SIGTERM", () => process.exit(0))';
const CONFIG = 'domain = "example.com"\n';
const SECRET = 'root only\n';
const code = (result: { ok: boolean; error?: { code: string } }) => (result.ok ? 'ok' : result.error?.code);

/**
 * A kanidmd that was taken over plants links in its data folder. The engine follows them as root, within the container and
 * all its mounts: `/other` stands for one that kanidmd's user may not touch.
 */
describe.skipIf(missing !== null)('links in a folder that belongs to the container’s user', () => {
  let rig: Rig;
  let connection: ServerConnection;
  let data: string;
  let other: string;

  beforeAll(async () => {
    rig = await startRig();
    data = join(rig.engine.folder, 'data-of-user');
    other = join(rig.engine.folder, 'other');
    mkdirSync(data);
    mkdirSync(other, { mode: 0o700 });
    chownSync(data, 1234, 1234);
    rig.runScript('linked', SLEEPING, [
      ...['--user', '1234:1234', '--volume', `${data}:/data`, '--volume', `${other}:/other`],
    ]);
    connection = await rig.open('linked', { config: '/data/server.toml' });
  });
  afterAll(() => rig?.close());
  beforeEach(() => {
    for (const name of readdirSync(data)) rmSync(join(data, name), { recursive: true });
    for (const name of ['server.toml', 'secret']) writeFileSync(join(other, name), SECRET, { mode: 0o600 });
  });

  /** Nothing of it was changed, given away or added to. */
  const isUntouched = () => {
    expect(readdirSync(other).sort()).toEqual(['secret', 'server.toml']);
    for (const name of readdirSync(other)) {
      expect(readFileSync(join(other, name), 'utf8')).toBe(SECRET);
      const { uid, gid, mode } = lstatSync(join(other, name));
      expect([uid, gid, mode & 0o7777]).toEqual([0, 0, 0o600]);
    }
  };

  it('as server.toml are neither read nor replaced', async () => {
    symlinkSync('/other/server.toml', join(data, 'server.toml'));
    const path = '/data/server.toml';
    expect(code(await connection.stat(path, call()))).toBe('link-refused');
    expect(code(await connection.readFile(path, { ...call(), maxBytes: 1_000 }))).toBe('link-refused');
    const expecting = { ...call(), expect: sha256Of(Buffer.from(SECRET)) };
    expect(code(await connection.replaceFile(path, Buffer.from(CONFIG), expecting))).toBe('link-refused');
    isUntouched();
  });

  it('as the folder of backups lead nobody elsewhere', async () => {
    symlinkSync('/other', join(data, 'kanilink-backups'));
    const folder = '/data/kanilink-backups';
    expect(code(await connection.makeFolder(folder, 0o700, call()))).toBe('link-refused');
    expect(code(await connection.readFile(`${folder}/secret`, { ...call(), maxBytes: 1_000 }))).toBe(
      'link-refused',
    );
    isUntouched();
  });

  it('as the scratch folder are replaced themselves, whenever they are planted', async () => {
    writeFileSync(join(data, 'server.toml'), CONFIG);
    chownSync(join(data, 'server.toml'), 1234, 1234);
    symlinkSync('/other', join(data, '.kanilink'));
    const scratch = value(await connection.scratch(call()));
    expect(lstatSync(join(data, '.kanilink')).isDirectory()).toBe(true);
    isUntouched();
    renameSync(join(data, '.kanilink'), join(data, 'moved-away'));
    symlinkSync('/other', join(data, '.kanilink'));
    value(await scratch.remove(call()));
    expect(lstatSync(join(data, '.kanilink')).isFile()).toBe(true);
    isUntouched();
  });

  it('that race with a replacement change nothing elsewhere that its user could not', async () => {
    const path = '/data/server.toml';
    for (let round = 0; round < 5; round++) {
      rmSync(join(data, '.kanilink'), { recursive: true, force: true });
      writeFileSync(join(data, 'server.toml'), CONFIG);
      chownSync(join(data, 'server.toml'), 1234, 1234);
      let over = false;
      const plant = (async () => {
        while (!over) {
          try {
            renameSync(join(data, '.kanilink'), join(data, `away-${Math.random()}`));
            symlinkSync('/other', join(data, '.kanilink'));
          } catch {
            // It is not there yet.
          }
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      const expecting = { ...call(20_000), expect: sha256Of(Buffer.from(CONFIG)) };
      await connection.replaceFile(path, Buffer.from(`${CONFIG}# ${round}\n`), expecting);
      over = true;
      await plant;
      for (const name of ['secret', 'server.toml']) {
        expect(readFileSync(join(other, name), 'utf8')).toBe(SECRET);
        expect(lstatSync(join(other, name)).uid).toBe(0);
      }
    }
  });
});
