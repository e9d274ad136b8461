import { describe, expect, it } from 'vitest';
import {
  changesOf,
  configuredBy,
  consented,
  deployLabel,
  erasedBy,
  groupByServer,
  type PlanStep,
  restartedBy,
} from './plan-words';

const step = (id: string, server: string, action: PlanStep['action'], erases: string[] = []): PlanStep => ({
  id,
  server,
  action,
  erases,
  needs: [],
  requires: [],
  restarts: true,
  summary: '',
  why: '',
  risk: '',
  diff: '',
});
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

it('names what is restarted, erased and still to be configured', () => {
  expect(restartedBy({ steps })).toEqual(['idm-a', 'idm-b']);
  expect(erasedBy({ steps })).toEqual(['idm-b']);
  expect([...configuredBy({ steps })]).toEqual(['idm-a', 'idm-b']);
  expect(configuredBy(null).size).toBe(0);
});

it('says on the button how much is done and what is lost', () => {
  expect(changesOf({ steps })).toBe(3);
  expect(deployLabel({ steps })).toBe('Deploy · 6 steps · erases idm-b');
  expect(deployLabel({ steps: steps.slice(0, 1) })).toBe('Deploy · 1 step');
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
