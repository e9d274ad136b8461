import { expect, it } from 'vitest';
import { inOwnFolder } from '../../../../test/support/own-folder';
import { FLEET_OF_HEAD, headOf } from '../../../../test/support/past-deploy';
import { value } from '../../../../test/support/results';
import { stepOfTest } from '../../../../test/support/steps-of-test';
import { type ServerId, stepId, trusted } from '../../../../shared/base/names';
import { historyOf } from './history';
import { openJournal } from './journal';
import type { NewEntry } from './journal-entry';

/** No process has this number: Linux' largest is 4194304. */
const NOBODY = 2 ** 30;
const A = trusted<ServerId>('idm-a');
let configDir: string;
inOwnFolder('history', (made) => (configDir = made));

let now = Date.parse('2026-11-25T06:00:00Z');
/** Writes a journal, a minute between its lines. @returns the deploy. */
async function past(head: Partial<NewEntry<'deploy'>>, ...entries: readonly NewEntry[]): Promise<string> {
  const journal = value(await openJournal(configDir, { now: () => (now += 60_000) }));
  await journal.write({ ...headOf(journal.deploy, NOBODY), ...head });
  for (const entry of entries) await journal.write(entry);
  await journal.close();
  return journal.deploy;
}
const history = () => historyOf({ path: FLEET_OF_HEAD.path, text: '' }, FLEET_OF_HEAD.name, configDir);
const wrote: NewEntry<'intent'> = {
  ...{ kind: 'intent', step: stepId(1), server: A, effect: 'write' },
  ...{ path: '/s.toml', before: 'step-1.idm-a.before.toml', after: 'step-1.idm-a.after.toml' },
};

it('is of one fleet, newest first, and says what can be done about each deploy', async () => {
  const finished = { kind: 'finished', outcome: 'done', problems: [] } as const;
  const first = await past({}, wrote, finished);
  await past({ fleet: { path: '/home/other.toml', name: 'Home', sha256: '' } }, wrote);
  const second = await past({ purpose: 'restart' });
  const { deploys, interrupted } = await history();
  expect(deploys.map((it) => [it.deploy, it.purpose, it.state, it.outcome, it.possible])).toEqual([
    [second, 'restart', 'interrupted', null, ['resume', 'rollback']],
    [first, 'apply', 'finished', 'done', ['rollback']],
  ]);
  expect(interrupted).toBe(second);
});

it('names no deploy of which nothing is left to do', async () => {
  await past({}, { kind: 'settled', by: 'later', purpose: 'resume' });
  expect(await history()).toMatchObject({ interrupted: null, deploys: [{ settledBy: 'later' }] });
});

it('says of every step how far it came, what came of it, and how long what was done took', async () => {
  const steps = [
    ...[stepOfTest('configure'), stepOfTest('backup', { id: '2' })],
    ...[stepOfTest('restart', { id: '3' }), stepOfTest('verify', { id: '4' })],
  ];
  await past(
    { steps },
    ...[
      { kind: 'begin', step: stepId(1) } as const,
      { kind: 'done', step: stepId(1), note: 'well' } as const,
    ],
    { kind: 'begin', step: stepId(2) },
    { kind: 'output', step: stepId(2), text: 'goes on' },
    { kind: 'failed', step: stepId(2), code: 'full', message: 'no room', undone: false },
    { kind: 'begin', step: stepId(3) },
    { kind: 'effect', step: stepId(4), server: A, note: '' },
  );
  const [deploy] = (await history()).deploys;
  expect(deploy?.steps.map(({ id, state, note, tookMs }) => [id, state, note, tookMs])).toEqual([
    ['1', 'done', 'well', 60_000],
    ['2', 'failed', 'no room', null],
    ['3', 'begun', '', null],
    ['4', 'pending', '', null],
  ]);
});

it('lists every file that was kept, as it was before and after, and no other effect', async () => {
  const { before, after, ...neither } = wrote;
  await past(
    {},
    wrote,
    ...[neither, { ...neither, before: 'alone' }, { ...neither, after: 'alone' }],
    { ...wrote, effect: 'backup' },
    { kind: 'undone', step: stepId(1), server: A },
  );
  const [deploy] = (await history()).deploys;
  expect(deploy?.files).toEqual([
    { server: A, step: '1', when: 'before', file: before },
    { server: A, step: '1', when: 'after', file: after },
  ]);
});
