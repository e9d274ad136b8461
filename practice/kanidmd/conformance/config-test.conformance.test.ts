import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makePair } from './pairing';
import { Practice } from './practice-server';
import { recorded, sayings, story } from './recorded';

let practice: Practice;
beforeAll(async () => {
  practice = await Practice.open();
});
afterEach(() => practice.killAll());
afterAll(() => practice.close());

describe('configtest', () => {
  it('beside a running server it takes the admin socket until a restart', async () => {
    const server = await practice.server('idm-a', {});
    await server.start();
    const outcome = await server.run('configtest');
    expect(outcome.code).toBe(0);
    expect(story(outcome.stdout)).toEqual(story(recorded('configtest-takes-live-socket.stdout')));
    expect(outcome.stderr.trim()).toBe(recorded('configtest-takes-live-socket.stderr').trim());
    const dead = await server.run('domain', 'show');
    expect(dead.code).toBe(0);
    const said = (text: string) =>
      sayings(text)
        .filter((one) => !/DIR access/.test(one))
        .map((one) => one.replace(/ +: FILE/, ' : FILE'));
    expect(said(dead.stdout)).toEqual(said(recorded('domain-show-after-plain-configtest.stdout')));
    await server.restart();
    expect((await server.run('domain', 'show')).stdout).toContain('domain_uuid');
  });

  it('a staged copy with its own paths leaves the server alone', async () => {
    const server = await practice.server('idm-a', {});
    await server.start();
    const folder = path.join(server.folder, 'ct');
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    const staged = path.join(folder, 'new.toml');
    const text = readFileSync(server.config, 'utf8')
      .replace('/kanidm.db"', `/ct/ct.db"\nadminbindpath = "${folder}/ct.sock"`)
      .replaceAll(`127.0.0.1:${server.httpsPort}`, '0.0.0.0:8443');
    writeFileSync(staged, text);
    const outcome = await server.runWith(staged, 'configtest');
    expect(outcome.code).toBe(0);
    expect(sayings(outcome.stdout)).toEqual(
      sayings(recorded('configtest-staged-copy.stdout')).filter(
        (one) => !one.includes('Online backup next run'),
      ),
    );
    expect(outcome.stderr.trim()).toBe(recorded('configtest-staged-copy.stderr').trim());
    const domain = await server.run('domain', 'show');
    expect(sayings(domain.stdout)).toEqual(
      sayings(recorded('domain-show-after-configtest-own-socket.stdout')),
    );
  });
});

describe('backups', () => {
  it('hold everything, readable by all, never over an existing file, always silent', async () => {
    const { a, b } = await makePair(practice, ['idm-a', 'idm-b']);
    await a.run('practice', 'create-person', 'alice');
    await b.waitFor(/Incremental Replication Success/, b.mark(), 2);
    const file = path.join(a.folder, 'backup.json.gz');
    const first = await a.run('scripting', 'backup', file);
    expect([first.code, first.stdout, first.stderr]).toEqual([
      0,
      recorded('backup.stdout'),
      recorded('backup.stderr'),
    ]);
    expect(statSync(file).mode & 0o777).toBe(0o644);
    const bytes = readFileSync(file);
    const again = await a.run('scripting', 'backup', file);
    expect([again.code, again.stdout, again.stderr]).toEqual([0, recorded('backup-exists.stdout'), '']);
    expect(readFileSync(file).equals(bytes)).toBe(true);
    const nowhere = await a.run('scripting', 'backup', '/nowhere/at/all.gz');
    expect([nowhere.code, nowhere.stdout]).toEqual([0, '']);
    expect(existsSync('/nowhere')).toBe(false);

    const other = path.join(b.folder, 'backup.json.gz');
    await b.run('scripting', 'backup', other);
    const [ours, theirs] = [file, other].map((one) => readBackup(readFileSync(one)));
    expect(Object.keys(ours ?? {})).toEqual([
      'version',
      'db_s_uuid',
      'db_d_uuid',
      'db_ts_max',
      'keyhandles',
      'repl_meta',
      'entries',
    ]);
    expect(ours?.db_d_uuid).toBe(theirs?.db_d_uuid);
    expect(ours?.db_s_uuid).not.toBe(theirs?.db_s_uuid);
    expect(changes(ours)).toEqual(changes(theirs));
  });

  it('database restore brings the older data back, with the server stopped', async () => {
    const server = await practice.server('idm-a', {});
    await server.start();
    await server.run('practice', 'create-person', 'kept');
    const file = path.join(server.folder, 'backup.json.gz');
    await server.run('scripting', 'backup', file);
    await server.run('practice', 'create-person', 'lost');
    const certificate = await server.certificate();
    await server.stop();
    expect((await server.run('database', 'restore', file)).code).toBe(0);
    expect(await server.persons()).toEqual(['kept']);
    await server.start();
    expect(await server.certificate()).toBe(certificate);
    await server.stop();
    writeFileSync(file, 'not a backup');
    expect((await server.run('database', 'restore', file)).code).toBe(1);
    expect(await server.persons()).toEqual(['kept']);
  });
});

interface Backup {
  db_s_uuid: string;
  db_d_uuid: string;
  entries: { ent: { V3: { changestate: unknown; attrs: { uuid: { UU: [string] } } } } }[];
}

function readBackup(bytes: Buffer): Backup {
  return JSON.parse(gunzipSync(bytes).toString('utf8')) as Backup;
}

/** What a comparison of two servers looks at: each entry's changestate by its uuid. */
function changes(backup: Backup | undefined): Map<string, unknown> {
  const entries = backup?.entries ?? [];
  const pairs = entries.map(({ ent: { V3 } }) => [V3.attrs.uuid.UU[0], V3.changestate] as const);
  return new Map(pairs.sort(([one], [two]) => (one < two ? -1 : 1)));
}
