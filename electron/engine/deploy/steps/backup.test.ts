import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { backupOf, DATABASE, domainAs } from '../../../../test/support/fake-replication';
import { id, StepTrial } from '../../../../test/support/step-trial';

/* Only a backup that was unpacked, read to its end and holds the domain that is given up counts. */

let trial: StepTrial;
afterEach(() => trial.end());

const draw = async (version?: string): Promise<void> => {
  trial = await StepTrial.of({ 'idm-b': { domain: 'b', tables: [], ...(version ? { version } : {}) } });
  trial.builder.backup(id('idm-b'));
};
/** It failed with this code, and the deploy has no backup to go on with. */
const none = async (code: string): Promise<void> => {
  expect((await trial.fails()).fault.code).toBe(code);
  expect(trial.deployment.backups.size).toBe(0);
};

it('a whole one is kept, and its place is told', async () => {
  await draw();
  const result = await trial.run();
  expect(result).toMatchObject({ ok: true, backup: expect.stringContaining('/kanilink-backups/idm-b-') });
  expect(trial.deployment.backups.get(id('idm-b'))).toBe('backup' in result ? result.backup : '');
});

it.each([
  ['that is not there, though the command said nothing', () => null, 'backup-failed'],
  ['that cannot be read', () => new TextEncoder().encode('no backup at all'), 'backup-unreadable'],
  ['that is cut off', (whole: Uint8Array) => whole.slice(0, whole.length - 40), 'backup-unreadable'],
  [
    'without entries',
    () => gzipSync(`{"db_d_uuid":"${domainAs('b').uuid}","entries":[]}`),
    'backup-unreadable',
  ],
  ['without a domain', () => gzipSync('{"entries":[{"ent":{}}]}'), 'backup-unreadable'],
] as const)('one %s is none', async (_what, make, code) => {
  await draw();
  trial.replication.backupOf = (server) => make(backupOf(server));
  await none(code);
});

it('one of another domain is none', async () => {
  await draw();
  trial.replication.backupOf = (server) => backupOf(server, { db_d_uuid: domainAs('c').uuid });
  await none('backup-of-another-domain');
});

it('one that is too large to be read back is none', async () => {
  await draw();
  const large = { fails: { code: 'file-too-large', message: '', fix: '', where: {} } };
  trial.whenAsked(/readFile \S+json\.gz/, large);
  await none('backup-too-large');
});

it('one that cannot be fetched is none', async () => {
  await draw();
  trial.whenAsked(/readFile \S+json\.gz/, { lost: 'before' });
  await none('connection-lost');
});

it('one in a folder that others may enter is none', async () => {
  await draw();
  const { files } = trial.server('idm-b');
  trial.before(/scripting backup/, () => {
    const folder = '/var/lib/kanidm/kanilink-backups';
    files.remove(folder);
    files.makeFolder(folder, 0o755);
  });
  await none('folder-too-open');
});

it('none is begun on a disk that is nearly full', async () => {
  await draw();
  trial.server('idm-b').files.free = 1024;
  await none('disk-full');
  expect(trial.effects('idm-b')).toEqual(['makeFolder']);
});

it('none is begun where the free space cannot be asked', async () => {
  await draw();
  trial.whenAsked(/freeSpace/, { lost: 'before' });
  await none('connection-lost');
  expect(trial.effects('idm-b')).toEqual(['makeFolder']);
});

it('none is begun of a server of which too little is known', async () => {
  await draw();
  const [site] = trial.sites;
  if (!site?.observed.config) throw new Error('it is there');
  // Beside which folder a relative path lies, nobody but the process knows.
  const relative = { config: { ...site.observed.config, dbPath: 'kanidm.db' } };
  for (const less of [{ domain: null }, { versionOnDisk: null }, relative]) {
    const observed = { ...site.observed, ...less };
    (trial.deployment.sites as Map<unknown, unknown>).set(site.server.id, { ...site, observed });
    await none('database-unknown');
  }
  expect(trial.effects('idm-b')).toEqual([]);
});

it('none is begun after a cancel', async () => {
  await draw();
  trial.before(/show-replication-certificate/, () => trial.stop.abort());
  await none('cancelled');
  expect(trial.effects('idm-b')).toEqual([]);
});

it('none is begun after a cancel that comes with the answer of the last look', async () => {
  await draw();
  trial.after(/show-replication-certificate/, () => trial.stop.abort());
  const { fault } = await trial.fails();
  expect(fault.message).toBe('Cancelled before anything was changed by this step.');
  // Who resumes finds no intent of it.
  expect(trial.deployment.begun.size).toBe(0);
});

it('one whose disk filled up meanwhile is none', async () => {
  await draw();
  trial.before(/scripting backup/, () => void (trial.server('idm-b').files.full = true));
  await none('backup-failed');
});

it('of a server that is stopped for it counts once the server is back', async () => {
  await draw('1.8.6');
  expect(await trial.run()).toMatchObject({ ok: true });
  expect(trial.effects('idm-b')).toEqual(['makeFolder', 'stop', 'kanidmd database backup', 'start']);
  expect(trial.deployment.restarted.has(id('idm-b'))).toBe(true);
});

it('of a server that could not be stopped starts nothing, and one that was stopped is started, whatever came of it', async () => {
  await draw('1.8.6');
  trial.before(/freeSpace/, () => trial.takeLock('idm-b'));
  const { fault } = await trial.fails();
  expect(fault.code).toBe('lock-lost');
  expect(fault.message).not.toContain('was stopped');
  expect(trial.effects('idm-b')).toEqual(['makeFolder']);
  await trial.end();
  await draw('1.8.6');
  trial.whenAsked(/kanidmd database backup/, { fails: { code: 'gone', message: '', fix: '', where: {} } });
  await none('gone');
  expect(trial.effects('idm-b').at(-1)).toBe('start');
  expect(trial.server('idm-b').state).toBe('running');
});

it('of a server that was stopped though nobody heard so is none, and the server is started again', async () => {
  await draw('1.8.6');
  trial.whenAsked(/idm-b stop$/, { lost: 'after' });
  await none('connection-lost');
  expect(trial.effects('idm-b').slice(-2)).toEqual(['stop', 'start']);
  expect(trial.server('idm-b').state).toBe('running');
});

it('one that is not what its name says is kept with what to do before it is restored', async () => {
  await draw();
  trial.replication.backupOf = (server) => gunzipSync(backupOf(server));
  expect(await trial.run()).toMatchObject({ ok: true, note: expect.stringContaining('take .gz from') });
  await trial.end();
  await draw();
  expect(await trial.run()).toMatchObject({ ok: true, note: expect.not.stringContaining('.gz from') });
});

it('of a container that went away while it was stopped says so, and what to do', async () => {
  await draw('1.8.6');
  const message = 'unix:///x: there is no container idm-b';
  const gone = { fails: { code: 'no-such-container', message, fix: 'look', where: {} } };
  let stopped = false;
  trial.trouble = (_server, asked) => {
    if (stopped) return gone;
    stopped = asked === 'stop';
    return null;
  };
  const { fault } = await trial.fails();
  expect(fault).toMatchObject({ code: 'no-such-container', where: { server: 'idm-b' } });
  expect(fault.message).toBe(`idm-b was stopped for its backup and is not started again: ${message}`);
  expect(fault.fix).toMatch(/removed it.*volumes.*Start it, then resume/);
  expect(trial.deployment.backups.size).toBe(0);
});

it('of a container that went away while it was restarted: the restart says so, too', async () => {
  trial = await StepTrial.of({ 'idm-b': { domain: 'b', tables: [] } });
  trial.builder.restart(id('idm-b'), 'a test');
  const gone = { fails: { code: 'no-such-container', message: 'gone', fix: 'look', where: {} } };
  let asked = false;
  trial.trouble = (_server, what) => ((asked ||= what === 'restart') ? gone : null);
  const { fault } = await trial.fails();
  expect(fault.message).toBe('idm-b was asked to restart and does not run as far as is known: gone');
  expect(fault.fix).toMatch(/Start it, then resume/);
});

it('of a container that is gone or stopped since it was planned is not begun, which is said', async () => {
  for (const [code, says, fix] of [
    ['no-such-container', /The one this was planned for is gone; nothing was changed/, /plan again/],
    ['container-recreated', /The one this was planned for is gone; nothing was changed/, /plan again/],
    ['container-stopped', /ran when this was planned; nothing was changed/, /Start it, then plan again/],
  ] as const) {
    await draw('1.8.6');
    trial.trouble = () => ({ fails: { code, message: 'what the engine says', fix: '', where: {} } });
    const { fault } = await trial.fails();
    expect(fault).toMatchObject({ code, where: { server: 'idm-b' } });
    expect(fault.message).toMatch(says);
    expect(fault.fix).toMatch(fix);
    expect(trial.effects('idm-b')).toEqual([]);
    await trial.end();
  }
  await draw();
});

it('of a server that does not come back is none', async () => {
  await draw('1.8.6');
  trial.server('idm-b').breaks = () => 'Could not bind';
  await none('server-stopped');
});

it('of a server that would erase itself at its start is not begun', async () => {
  trial = await StepTrial.of({
    'idm-a': { domain: 'a', tables: ['idm-b allow-pull'] },
    'idm-b': { domain: 'b', tables: ['idm-a pull'], version: '1.8.6' },
  });
  trial.builder.backup(id('idm-b'));
  trial.edit('idm-b', (text) => text.replace('type = "pull"', '$&\nautomatic_refresh = true'));
  const known = trial.deployment.baselines.get(id('idm-b'));
  if (known) trial.deployment.baselines.set(id('idm-b'), { ...known, sha256: null });
  await none('would-erase');
  expect(trial.effects('idm-b')).toEqual(['makeFolder']);
});

it('one that unpacks to more than its database can be is none', async () => {
  await draw();
  trial.server('idm-b').files.put(DATABASE, 'small');
  const bomb = gzipSync(`{"x":"${' '.repeat(300 * 1024 * 1024)}"}`, { level: 1 });
  trial.replication.backupOf = () => bomb;
  await none('backup-beyond-bounds');
}, 20_000);
