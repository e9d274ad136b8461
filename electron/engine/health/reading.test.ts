import { describe, expect, it } from 'vitest';
import type { LogEvidence } from '../../../shared/kanidmd/evidence';
import { type ServerId, trusted } from '../../../shared/base/names';
import { causeNamed } from '../../../shared/kanidmd/causes';
import type { Round } from '../../../shared/kanidmd/health';
import { pullInput, type Reading, widestWindow } from './reading';

const id = (name: string) => trusted<ServerId>(name);
const log: LogEvidence = {
  ...{ from: 100e6, to: 200e6, startedAt: null, runningVersion: null, listening: false },
  rounds: [],
  troubles: [],
};
const reading = (more: Partial<Reading>): Reading => ({
  ...{
    state: 'running',
    domain: null,
    log,
    startedAt: null,
    pollInterval: 15,
    now: 200e6,
    version: null,
    clockOffsetMs: 0,
    doubted: false,
  },
  ...more,
});
const supplierLog = (theirs: Partial<Reading>) =>
  pullInput(id('idm-b'), reading({ clockOffsetMs: 1000 }), id('idm-a'), reading(theirs), null).supplierLog;

describe('what is known of a supplier', () => {
  it('is its start, where the log that was read does not reach back to it', () => {
    expect(supplierLog({ startedAt: 90e6, clockOffsetMs: 1000 })?.startedAt).toBe(90e6);
    expect(
      supplierLog({ startedAt: 90e6, log: { ...log, startedAt: 150e6 }, clockOffsetMs: 1000 })?.startedAt,
    ).toBe(150e6);
  });

  it('is told by the consumer’s clock, every time of it', () => {
    expect(supplierLog({ startedAt: 90e6 })).toMatchObject({ startedAt: 91e6, from: 101e6, to: 201e6 });
  });
});

describe('what an earlier process said', () => {
  const round = (at: number): Round => ({
    ...{ at, span: `span ${at}`, kind: 'incremental', supplierHost: 'a.example.com', ports: [8444] },
    ...{ took: 3, outcome: { kind: 'success' }, lines: [] },
  });
  const trouble = (at: number) => ({
    ...causeNamed('name-not-found'),
    code: 'name-not-found',
    evidence: 'a',
    at,
  });
  const said = { ...log, rounds: [round(120e6), round(180e6)], troubles: [trouble(120e6), trouble(149.5e6)] };
  const input = (mine: Partial<Reading>) =>
    pullInput(id('idm-b'), reading({ log: said, ...mine }), id('idm-a'), reading({}), null).consumerLog;

  it('proves nothing of a consumer that was started since, though its log tells of no start', () => {
    expect(input({ startedAt: 150e6 })).toEqual({
      ...{ ...said, startedAt: 150e6, rounds: [round(180e6)] },
      // The clock was read over a network: what it said at its start counts.
      troubles: [trouble(149.5e6)],
    });
    expect(input({ startedAt: null })).toBe(said);
    expect(input({ startedAt: 90e6 })).toEqual({ ...said, startedAt: 90e6 });
  });

  it('was forgotten already where the log tells of its start', () => {
    const later = { ...said, startedAt: 110e6 };
    expect(input({ log: later, startedAt: 109.9e6 })).toBe(later);
  });
});

it('logs are read back as far as the server with the longest poll interval needs', () => {
  const polling = (taskPollInterval: number) =>
    ({ config: { replication: { taskPollInterval } }, ...unread }) as unknown as Parameters<
      typeof widestWindow
    >[0][number];
  const unread = { facts: null, log: null, versionOnDisk: null };
  expect(widestWindow([polling(1), polling(60), { config: null, ...unread }])).toBe(130_000);
  expect(widestWindow([])).toBe(0);
});
