import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { id, StepTrial } from '../../../../test/support/step-trial';
import { stamp } from './backup';

/* What an operator is told of a backup: where it lies and who can read it, or how much room there is. */

let trial: StepTrial;
beforeEach(async () => {
  trial = await StepTrial.of({ 'idm-b': { domain: 'b', tables: [] } });
  trial.builder.backup(id('idm-b'));
});
afterEach(() => trial.end());

const FOLDER = '/var/lib/kanidm/kanilink-backups';
const note = async (): Promise<string> => {
  const result = await trial.run();
  return result.ok ? result.note : result.failure.fault.message;
};

it('who can read it is said by whom its folder is of', async () => {
  expect(await note()).toMatch(/ \d+ bytes, read back · mode 0644 in a 0700 folder of uid 0: only root can /);
});

it('a folder of another user is said to be that user’s, too', async () => {
  const { connection } = trial.site('idm-b');
  const stat: typeof connection.stat = async (path, call) => {
    const seen = await connection.stat(path, call);
    return seen.ok && seen.value !== null && path === FOLDER
      ? { ok: true, value: { ...seen.value, uid: 1000 } }
      : seen;
  };
  const site = { ...trial.site('idm-b'), connection: { ...connection, stat } };
  Object.assign(trial.deployment, { sites: new Map([[site.server.id, site]]) });
  expect(await note()).toContain('folder of uid 1000: only uid 1000 and root can read it');
});

describe('room', () => {
  const MIB = 1024 * 1024;
  it('that is too little is said in MiB', async () => {
    trial.server('idm-b').files.free = 12 * MIB + 5;
    expect(await note()).toContain('Only 12 MiB are free');
    expect(trial.deployment.backups.size).toBe(0);
  });

  it.each([64 * MIB, null])('of %s bytes is no reason not to begin', async (free) => {
    trial.server('idm-b').files.free = free;
    expect(await note()).toContain('read back');
  });
});

it('one that is too large says how large one may be', async () => {
  trial.whenAsked(/readFile \S+json\.gz/, {
    fails: { code: 'file-too-large', message: '', fix: '', where: {} },
  });
  expect(await note()).toMatch(/larger than [1-9]\d{1,5} MiB/);
});

it('none is kept whose folder cannot be made, or looked at once it is there', async () => {
  trial.whenAsked(/makeFolder/, { fails: { code: 'folder-too-open', message: '', fix: '', where: {} } });
  expect((await trial.fails()).fault.code).toBe('folder-too-open');
  expect(trial.effects('idm-b')).toEqual(['makeFolder']);
  trial.trouble = () => null;
  trial.whenAsked(/stat \S+kanilink-backups$/, { lost: 'before' });
  expect((await trial.fails()).fault).toMatchObject({
    code: 'connection-lost',
    where: { server: 'idm-b' },
  });
  expect(trial.deployment.backups.size).toBe(0);
});

it('none is kept whose folder somebody took away', async () => {
  const gone = { ...trial.site('idm-b').connection };
  const { connection } = trial.site('idm-b');
  gone.stat = async (path, call) =>
    path === FOLDER ? { ok: true, value: null } : connection.stat(path, call);
  Object.assign(trial.deployment, {
    sites: new Map([[id('idm-b'), { ...trial.site('idm-b'), connection: gone }]]),
  });
  expect((await trial.fails()).fault).toMatchObject({ code: 'folder-too-open', where: { file: FOLDER } });
  expect(trial.deployment.backups.size).toBe(0);
});

it('its name is a moment, whatever the clock of the server says', () => {
  expect(stamp(Date.UTC(2026, 10, 23, 15, 24, 7, 5))).toBe('20261123T152407005Z');
  expect([NaN, -5, -Infinity].map(stamp)).toEqual(Array(3).fill('19700101T000000000Z'));
  expect(stamp(1e20)).toBe('99991231T235959999Z');
});
