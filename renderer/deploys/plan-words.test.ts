import { describe, expect, it } from 'vitest';
import {
  changesOf,
  consented,
  deployLabel,
  diffsOf,
  groupByServer,
  restartedBy,
  stepsLabel,
} from './plan-words';
import { erasedBy } from '../../shared/plan/consent';
import type { Step, StepKind } from '../../shared/plan/steps/step';
import { stepOf } from '../dev/step-of';
import '../dev/all-loaded';

const step = (id: string, server: string, action: StepKind, erases: string[] = []): Step =>
  stepOf(action, { id, server, erases });
const steps = [
  step('1', 'idm-a', 'configure'),
  step('2', 'idm-a', 'read-certificate'),
  step('3', 'idm-b', 'configure'),
  step('4', 'idm-b', 'backup'),
  step('5', 'idm-b', 'refresh', ['idm-b']),
  step('6', 'idm-a', 'verify'),
];

it('groups steps by server without changing their order', () => {
  const groups = groupByServer(steps);
  expect(groups.map((group) => group.server)).toEqual(['idm-a', 'idm-b', 'idm-a']);
  expect(groups.flatMap((group) => group.steps)).toEqual(steps);
});

it('names what is restarted and erased', () => {
  expect(restartedBy({ steps })).toEqual(['idm-a', 'idm-b']);
  expect(erasedBy({ steps })).toEqual(['idm-b']);
});

it('says on the button how much is done and what is lost', () => {
  expect(changesOf({ steps })).toBe(3);
  expect(deployLabel({ steps })).toBe('Deploy · 3 changes · erases idm-b');
  expect(deployLabel({ steps: steps.slice(0, 1) })).toBe('Deploy · 1 change');
});

it('says how many of the steps change something', () => {
  expect(stepsLabel({ steps })).toBe(
    '6 steps: 3 changes, and the reading, backing up and checking around them',
  );
  expect(stepsLabel({ steps: steps.slice(0, 1) })).toBe('1 step');
  expect(stepsLabel({ steps: [step('1', 'idm-a', 'verify')] })).toBe(
    '1 step, none of which changes a server',
  );
});

it('gathers the changes of files by server, however often one is written', () => {
  const diff = (id: string, server: string, text: string) => ({
    ...step(id, server, 'configure'),
    diff: text,
  });
  const changed = [
    diff('1', 'idm-b', '--- a\n+++ b\n@@ -1 +1,2 @@\n one\n+two\n'),
    diff('2', 'idm-a', '--- a\n+++ b\n@@ -1 +1 @@\n-one\n+1\n'),
    diff('3', 'idm-b', '--- a\n+++ b\n@@ -2 +2 @@\n-two\n+2\n'),
  ];
  expect(
    diffsOf(changed).map(({ server, diffs, added, removed }) => [server, diffs.length, added, removed]),
  ).toEqual([
    ['idm-b', 2, 2, 1],
    ['idm-a', 1, 1, 1],
  ]);
});

describe('an erase is allowed only by the exact name of every server', () => {
  it.each([
    [{}, false],
    [{ 'idm-b': 'idm-c' }, false],
    [{ 'idm-b': 'IDM-B' }, false],
    [{ 'idm-b': 'idm-b', 'idm-c': '' }, false],
    [{ 'idm-b': ' idm-b ', 'idm-c': 'idm-c' }, true],
  ])('%j: %s', (typed, allowed) => {
    expect(consented(['idm-b', 'idm-c'], typed)).toBe(allowed);
  });

  it('nothing to erase needs no name', () => expect(consented([], {})).toBe(true));
});
