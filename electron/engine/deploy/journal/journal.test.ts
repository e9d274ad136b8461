import { appendFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { value } from '../../../../test/support/results';
import { type Clock, systemClock } from '../../base/time';
import { addToJournal, type Journal, openJournal } from './journal';
import { type ServerId, stepId, trusted } from '../../../../shared/base/names';
import type { NewEntry } from './journal-entry';
import { fleetOfTest, readCertificateOfTest } from '../../../../test/support/fleet-fixtures';
import { stepOfTest } from '../../../../test/support/steps-of-test';
import { planJob, checkInterrupted } from '../plan/plan-job';
import { historyOf } from './history';
import { interruptedDeploy, readDeploys, readJournal, whatHolds } from './read-journal';
import { FLEET_OF_HEAD, headOf } from '../../../../test/support/past-deploy';
import { inOwnFolder } from '../../../../test/support/own-folder';

/** No process has this number: Linux' largest is 4194304. */
const NOBODY = 2 ** 30;
const A = trusted<ServerId>('idm-a');

const THEN = { now: () => Date.parse('2026-11-25T06:00:00Z') };

describe('the journal of a deploy', () => {
  let configDir: string;
  inOwnFolder('journal', (made) => (configDir = made));

  const start = async (pid = NOBODY, clock: Pick<Clock, 'now'> = THEN): Promise<Journal> => {
    const journal = value(await openJournal(configDir, clock));
    await journal.write(headOf(journal.deploy, pid));
    return journal;
  };
  const intent: NewEntry = { kind: 'intent', step: stepId(1), server: A, effect: 'write', path: '/s.toml' };

  it('reads back as it was written, private to its user', async () => {
    const journal = await start();
    const kept = await journal.keep('step-1.idm-a.before.toml', 'old\n');
    await journal.write(intent);
    await journal.write({ kind: 'effect', step: stepId(1), server: A, well: true, note: 'write done' });
    await journal.write({ kind: 'done', step: stepId(1), note: '' });
    await journal.write({ kind: 'finished', outcome: 'done', problems: [] });
    await journal.close();
    const record = value(await readJournal(journal.folder));
    expect(record).toMatchObject({ state: 'finished', outcome: 'done', torn: false, settledBy: null });
    expect(record.entries.map((it) => it.kind)).toEqual(['deploy', 'intent', 'effect', 'done', 'finished']);
    expect(await readFile(kept, 'utf8')).toBe('old\n');
    expect((await stat(kept)).mode & 0o777).toBe(0o600);
    expect((await stat(journal.folder)).mode & 0o777).toBe(0o700);
  });

  it('bears a last line that was cut off, at every byte of it', async () => {
    const journal = await start();
    await journal.write(intent);
    await journal.close();
    const file = join(journal.folder, 'journal.jsonl');
    const whole = await readFile(file);
    const from = whole.indexOf('\n') + 1;
    for (let cut = from + 1; cut < whole.length - 1; cut++) {
      await rm(file);
      await appendFile(file, whole.subarray(0, cut));
      const record = value(await readJournal(journal.folder));
      expect(record).toMatchObject({ state: 'interrupted', torn: true });
      expect(record.entries.filter(({ kind }) => kind === 'intent')).toEqual([]);
    }
    await addToJournal(journal.folder, { kind: 'settled', by: 'later', purpose: 'resume' }, systemClock);
    expect(value(await readJournal(journal.folder))).toMatchObject({ torn: true, settledBy: 'later' });
  });

  it('with an unreadable line in its middle is not trusted', async () => {
    const journal = await start();
    await journal.close();
    await appendFile(join(journal.folder, 'journal.jsonl'), 'nonsense\n');
    await addToJournal(journal.folder, intent, systemClock);
    expect(await readJournal(journal.folder)).toMatchObject({
      ok: false,
      error: { code: 'journal-unreadable' },
    });
    expect(await readDeploys(configDir)).toMatchObject({
      deploys: [],
      unreadable: [{ deploy: journal.deploy, fleet: { path: FLEET_OF_HEAD.path } }],
    });
  });

  it('is interrupted when its process is gone without a word, until a later deploy settles it', async () => {
    const dead = await start();
    await dead.write(intent);
    await dead.close();
    const found = interruptedDeploy((await readDeploys(configDir)).deploys, FLEET_OF_HEAD);
    expect(found?.deploy).toBe(dead.deploy);
    expect(found?.entries.at(-1)).toMatchObject({ step: stepId(1), effect: 'write' });
    expect(
      interruptedDeploy((await readDeploys(configDir)).deploys, { ...FLEET_OF_HEAD, path: '/other' }),
    ).toBeNull();
    await addToJournal(dead.folder, { kind: 'settled', by: 'later', purpose: 'resume' }, systemClock);
    expect(interruptedDeploy((await readDeploys(configDir)).deploys, FLEET_OF_HEAD)).toBeNull();
  });

  it('of a process that lives is running, not interrupted', async () => {
    const journal = await start(process.ppid, systemClock);
    await journal.close();
    expect(value(await readJournal(journal.folder)).state).toBe('running');
  });
});

describe('a journal of another format', () => {
  const lines = (head: object, ...more: readonly object[]): string =>
    [head, ...more].map((it) => `${JSON.stringify({ at: '2026-11-25T06:00:00.000Z', ...it })}\n`).join('');
  let configDir: string;
  inOwnFolder('format', async (made) => {
    configDir = made;
    await mkdir(join(configDir, 'deploys', 'd'), { recursive: true });
  });
  const write = (text: string): Promise<void> =>
    writeFile(join(configDir, 'deploys', 'd', 'journal.jsonl'), text);

  it('is read as one of today, with what its steps did not say yet', async () => {
    const without = <T extends object>(step: T, ...names: readonly string[]) =>
      Object.fromEntries(Object.entries(step).filter(([name]) => !names.includes(name)));
    const pin = {
      ...{
        kind: 'pin-partner',
        of: 'idm-a',
        certificate: { known: without(readCertificateOfTest('idm-a'), 'addresses') },
      },
      partner: { origin: 'repl://idm-a.example.com:8444', type: 'mutual-pull', automaticRefresh: false },
    };
    const steps = [
      { ...stepOfTest('configure'), changes: [pin] },
      without(stepOfTest('backup', { id: '2' }), 'stops'),
      without(stepOfTest('refresh', { id: '3' }), 'asked'),
    ];
    await write(lines({ ...headOf('d', NOBODY), format: 1, steps }));
    expect(value(await readJournal(join(configDir, 'deploys', 'd'))).header.steps).toMatchObject([
      { changes: [{ certificate: { known: { names: ['idm-a.example.com'], addresses: [] } } }] },
      { action: 'backup', stops: false },
      { action: 'refresh', asked: false },
    ]);
  });

  it('that is newer is told as far as that is safe, and nothing is done on its word', async () => {
    const head = {
      ...headOf('d', NOBODY),
      format: 3,
      steps: [{ action: 'teleport', by: 7 }],
      fingerprint: {},
    };
    await write(lines(head, { kind: 'teleporting', step: '1' }));
    const told = { deploy: 'd', format: 3, who: 'alex', at: '2026-11-25T06:00:00.000Z', over: false };
    expect(await readDeploys(configDir)).toMatchObject({ deploys: [], unreadable: [told] });
    expect(whatHolds(await readDeploys(configDir), FLEET_OF_HEAD)).toMatchObject({
      interrupted: null,
      unreadable: [told],
    });
    const fleet = {
      fleet: fleetOfTest([], []),
      path: FLEET_OF_HEAD.path,
      observed: [],
      sites: new Map(),
      problems: [],
    };
    for (const job of [
      { kind: 'resume' },
      { kind: 'rollback', deploy: null },
      { kind: 'rollback', deploy: 'd' },
    ] as const)
      expect(
        await planJob(job, fleet, await readDeploys(configDir), { configDir, clock: systemClock }),
      ).toMatchObject({
        error: {
          code: 'journal-unreadable',
          message: expect.stringMatching(/format is 3.*alex began it/) as string,
        },
      });
    expect(checkInterrupted({ kind: 'apply' }, FLEET_OF_HEAD, await readDeploys(configDir))).toMatchObject({
      code: 'journal-unreadable',
    });
  });

  it('that is newer and over stands in nobody’s way, and is in the history', async () => {
    await write(lines({ ...headOf('d', NOBODY), format: 3 }, { kind: 'finished', outcome: 'done' }));
    expect(whatHolds(await readDeploys(configDir), FLEET_OF_HEAD).unreadable).toEqual([]);
    const history = await historyOf({ path: FLEET_OF_HEAD.path, text: '' }, FLEET_OF_HEAD.name, configDir);
    expect(history).toMatchObject({
      deploys: [],
      unreadable: [{ who: 'alex', outcome: 'done', over: true }],
    });
  });
});
