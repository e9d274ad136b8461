import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inOwnFolder } from '../../../../test/support/own-folder';
import { minute, recordOfTest } from '../../../../test/support/past-deploy';
import { type ServerId, stepId, trusted } from '../../../../shared/base/names';
import { chainOf, isAtWork, rollbacksOf, type ServerActivity, touchedServers } from './chain';
import type { JournalEntry } from './journal-entry';

/* A deploy, its resumes and its rollbacks: which belong together, and what they did to each server, in which order. */

let folder: string;
inOwnFolder('chain', (made) => (folder = made));

type Effect = Extract<JournalEntry, { kind: 'intent' }>['effect'];
const intent = (server: string, effect: Effect, step = 1): Extract<JournalEntry, { kind: 'intent' }> => ({
  ...{ kind: 'intent', at: minute(1), step: stepId(step), server: trusted<ServerId>(server), effect },
  process: 'then',
});
const ended = (server: string, well: boolean): JournalEntry => ({
  ...{ kind: 'effect', at: minute(2), step: stepId(1), server: trusted<ServerId>(server), well, note: '' },
});
/** A write whose files are kept. */
const write = async (server: string, before: string, after: string): Promise<JournalEntry> => {
  await mkdir(folder, { recursive: true });
  for (const text of [before, after]) await writeFile(join(folder, text), text);
  return { ...intent(server, 'write'), before, after };
};
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const record = (deploy: string, purpose: 'apply' | 'resume' | 'rollback', ...entries: JournalEntry[]) =>
  recordOfTest(deploy, { lock: '1', purpose }, entries, { folder });
const only = (all: readonly ServerActivity[]): ServerActivity => {
  const [it] = all;
  if (it === undefined || all.length > 1) throw new Error(`${all.length} were touched`);
  return it;
};

it('a chain is a deploy with its resumes, oldest first; its rollbacks are apart, and others’ are nobody’s', () => {
  const first = record('1', 'apply');
  const all = [
    ...[record('5', 'rollback'), record('4', 'resume'), record('2', 'rollback')],
    ...[recordOfTest('3', { lock: '3' }), recordOfTest('6', { lock: '3', purpose: 'rollback' }), first],
  ];
  for (const of of [first, record('4', 'resume')]) {
    expect(chainOf(of, all).map(({ deploy }) => deploy)).toEqual(['1', '4']);
    expect(rollbacksOf(of, all).map(({ deploy }) => deploy)).toEqual(['5', '2']);
  }
});

it('a server is at work once something beside a backup of it was begun', async () => {
  const of = async (...effects: readonly Effect[]) => {
    const entries = effects.map((effect) => intent('idm-a', effect));
    return isAtWork(only(await touchedServers([record('1', 'apply', ...entries)])));
  };
  expect([await of('backup'), await of('backup', 'restart'), await of('write')]).toEqual([false, true, true]);
});

it('what was there before the first write is the original, whatever order the journals are read in', async () => {
  const first = record('1', 'apply', await write('idm-a', 'one', 'two'));
  const then = record('2', 'resume', await write('idm-a', 'two', 'three'));
  for (const chain of [
    [first, then],
    [then, first],
  ])
    expect(only(await touchedServers(chain))).toMatchObject({
      original: 'one',
      unread: { after: 'three' },
      written: new Set([sha256('two'), sha256('three')]),
    });
});

it('what a rollback wrote may be there and unread, and is no original', async () => {
  const undone = record('2', 'rollback', await write('idm-a', 'two', 'one'));
  const it = only(await touchedServers([record('1', 'apply', intent('idm-a', 'backup'))], [undone]));
  expect(it).toMatchObject({ original: null, unread: { after: 'one' }, written: new Set([sha256('one')]) });
  expect(it.intents.map(({ effect }) => effect)).toEqual(['backup']);
});

it('the server that was worked on last comes last', async () => {
  const entries = [intent('idm-a', 'backup'), intent('idm-b', 'restart'), intent('idm-a', 'restart')];
  const touched = await touchedServers([record('1', 'apply', ...entries)]);
  const order = Object.fromEntries(touched.map((it) => [it.server, it.order]));
  expect(order['idm-a']).toBeGreaterThan(order['idm-b'] ?? Infinity);
  expect(order['idm-b']).toBeGreaterThan(0);
});

it('a start that ended well has read the file and dropped the request, as a restart has', async () => {
  const written = await write('idm-a', 'one', 'two');
  const after = async (effect: Effect, well: boolean) =>
    only(
      await touchedServers([
        record(
          '1',
          'apply',
          written,
          intent('idm-a', 'refresh'),
          intent('idm-a', effect),
          ended('idm-a', well),
        ),
      ]),
    );
  for (const effect of ['start', 'restart'] as const) {
    expect(await after(effect, true)).toMatchObject({ unread: null, brought: null, queued: null });
    expect(await after(effect, false)).toMatchObject({ unread: { after: 'two' }, brought: { effect } });
    expect((await after(effect, false)).queued).not.toBeNull();
  }
  // What ends well without a process of its own proves nothing of either.
  expect(await after('backup', true)).toMatchObject({
    unread: { after: 'two' },
    brought: { effect: 'write' },
  });
  expect((await after('backup', true)).queued).not.toBeNull();
});

it('a restart of one server says nothing of another, and one before any write brings nothing', async () => {
  const written = await write('idm-a', 'one', 'two');
  const [a, b] = await touchedServers([
    record('1', 'apply', written, intent('idm-b', 'restart'), ended('idm-b', true)),
  ]);
  expect([a?.unread, b?.unread, b?.brought]).toEqual([written, null, null]);
});

it('a refresh waits until its own step is done: that of another step, or of another deploy, is not its own', async () => {
  const done = (step: number): JournalEntry => ({
    kind: 'done',
    at: minute(3),
    step: stepId(step),
    note: '',
  });
  const asked = intent('idm-b', 'refresh', 2);
  const queued = async (...records: ReturnType<typeof record>[]) =>
    only(await touchedServers(records)).queued;
  expect(await queued(record('1', 'apply', asked, done(2)))).toBeNull();
  expect(await queued(record('1', 'apply', asked, done(1)))).toBe(asked);
  expect(await queued(record('1', 'apply', asked), record('2', 'resume', done(2)))).toBe(asked);
});
