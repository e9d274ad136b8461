import { describe, expect, it } from 'vitest';
import { fleetOfTest, noCertificateOfTest, observedOfTest } from '../../../test/support/fleet-fixtures';
import { type Origin, trusted } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import { readLog } from '../../kanidmd/rounds';
import { lastingFaults, isOlderThanItsFile } from './older-than-file';
import { makePlan } from './make-plan';

const STARTED = 60_000;

/** It has made a round with idm-b, so long after its start, by the configuration that its process has read. */
function rounds(
  tables: readonly string[],
  automatic: boolean | null,
  { host = 'idm-b.example.com', ports = [8444], after = 15_000, started = STARTED as number | null } = {},
): ObservedServer {
  const server = observedOfTest({ id: 'idm-a', domain: 'a', tables });
  const { facts, file } = server;
  if (!facts || !file) throw new Error('it runs');
  const at = (STARTED + after) * 1000;
  const sockets = `[${ports.map((port) => `192.0.2.7:${port}`).join(', ')}]`;
  const flag = automatic === null ? '' : `automatic_refresh: ${automatic} | `;
  const text = `0f000000-0000-4000-8000-000000000001 INFO     repl_run_consumer [ 3.4ms | 100.00% ] sock_addrs: ${sockets} | ${flag}server_name: ${host}`;
  return {
    ...server,
    // Kept as it was when the file was changed.
    facts: { ...facts, startedAt: started },
    file: { ...file, modifiedAt: 0 },
    log: readLog([{ at, text }], 0, at + 5_000_000),
  };
}

describe('a file that was changed with its time kept', () => {
  it('is known by when the system noted the change, where that is told', () => {
    const kept = changed(-60_000, 'certificate');
    const with_ = (configChangedAt: number): ObservedServer => ({
      ...kept,
      facts: kept.facts && { ...kept.facts, configChangedAt },
    });
    expect(isOlderThanItsFile(with_(STARTED + 5000))).toBe(true);
    expect(isOlderThanItsFile(with_(STARTED - 5000))).toBe(false);
  });

  it('is known by the flag that its rounds run with', () => {
    expect(isOlderThanItsFile(rounds(['idm-b pull'], true))).toBe(true);
    expect(isOlderThanItsFile(rounds(['idm-b pull automatic'], false))).toBe(true);
    expect(isOlderThanItsFile(rounds(['idm-b pull'], true, { started: null }))).toBe(true);
    expect(isOlderThanItsFile(rounds(['idm-b pull'], false))).toBe(false);
    expect(isOlderThanItsFile(rounds(['idm-b pull automatic'], true))).toBe(false);
    expect(isOlderThanItsFile(rounds(['idm-b pull'], null))).toBe(false);
  });

  it('is known by rounds with whom it does not name, or only lets in', () => {
    expect(isOlderThanItsFile(rounds(['idm-c pull'], null))).toBe(true);
    expect(isOlderThanItsFile(rounds(['idm-b allow-pull'], null))).toBe(true);
    expect(isOlderThanItsFile(rounds([], false))).toBe(true);
    expect(isOlderThanItsFile(rounds(['idm-c pull'], null, { host: '' }))).toBe(false);
  });

  it('is not told by a name that is the same, or that cannot be compared', () => {
    expect(isOlderThanItsFile(rounds(['idm-b pull'], false, { host: 'idm-b.example.com.' }))).toBe(false);
    const other = rounds(['idm-c pull'], null);
    const partners = other.config?.replication?.partners.map((it) => ({
      ...it,
      origin: trusted<Origin>('repl://idm-ä.example.com:8444'),
    }));
    const config = other.config?.replication && {
      ...other.config,
      replication: { ...other.config.replication, partners: partners ?? [] },
    };
    expect(isOlderThanItsFile({ ...other, config: config ?? null })).toBe(false);
  });

  it('is not told by a round of another process, or of another server of that host', () => {
    expect(isOlderThanItsFile(rounds(['idm-b pull'], true, { after: -500 }))).toBe(false);
    // The start was reckoned too early, as over a slow network.
    expect(isOlderThanItsFile(rounds(['idm-b pull'], true, { after: 1500 }))).toBe(false);
    expect(isOlderThanItsFile(rounds(['idm-b pull'], true, { ports: [8445] }))).toBe(false);
  });
});

/** Its file was changed so much after it started, and it shows no certificate. */
function changed(afterMs: number, shown: 'certificate' | 'none'): ObservedServer {
  const server = observedOfTest({ id: 'idm-a', domain: 'a', tables: [] });
  const { facts, file } = server;
  if (!facts || !file) throw new Error('it runs');
  return {
    ...server,
    facts: { ...facts, startedAt: STARTED },
    file: { ...file, modifiedAt: STARTED + afterMs },
    ...(shown === 'none' ? { certificate: null, faults: [noCertificateOfTest('idm-a')] } : {}),
  };
}

describe('a process that runs with another file than the one that can be read', () => {
  it('is known by the times, where they tell', () => {
    expect(isOlderThanItsFile(changed(5000, 'certificate'))).toBe(true);
    expect(isOlderThanItsFile(changed(1500, 'certificate'))).toBe(false);
    expect(isOlderThanItsFile(changed(-60_000, 'none'))).toBe(false);
  });

  it('is known by the certificate it does not show, where the times do not tell', () => {
    expect(isOlderThanItsFile(changed(1500, 'none'))).toBe(true);
    expect(isOlderThanItsFile(changed(-1500, 'none'))).toBe(true);
    expect(isOlderThanItsFile(changed(2000, 'certificate'))).toBe(false);
    expect(isOlderThanItsFile(changed(-2000, 'none'))).toBe(false);
  });

  it('is not told by that where its log shows that it replicates: it may be renewing', () => {
    const log = rounds(['idm-b pull'], null).log;
    if (log === null) throw new Error('it has one');
    const silent = { ...log, listening: false, rounds: [] };
    const server = changed(1500, 'none');
    expect(isOlderThanItsFile({ ...server, log: { ...silent, listening: true } })).toBe(false);
    const round = log.rounds.map((it) => ({ ...it, at: 0 }));
    expect(isOlderThanItsFile({ ...server, log: { ...silent, rounds: round } })).toBe(false);
    expect(isOlderThanItsFile({ ...server, log: silent })).toBe(true);
  });

  it('is none where nothing runs, or nothing is known of its file or its start', () => {
    const server = changed(5000, 'certificate');
    expect(isOlderThanItsFile({ ...server, state: 'stopped' })).toBe(false);
    expect(isOlderThanItsFile({ ...server, file: null })).toBe(false);
    expect(isOlderThanItsFile({ ...server, facts: null })).toBe(false);
    expect(isOlderThanItsFile({ ...rounds(['idm-b pull'], true), state: 'stopped' })).toBe(false);
  });

  it('has the faults that a restart does not fix, and those only', () => {
    const other = { code: 'permission-denied', message: '', fix: '', where: {} };
    const faults = [noCertificateOfTest('idm-a'), other];
    expect(lastingFaults({ ...changed(1500, 'none'), faults })).toEqual([other]);
    expect(lastingFaults({ ...changed(-5000, 'none'), faults })).toEqual(faults);
  });

  it('is restarted and asked for its certificate, not called broken', () => {
    const fleet = fleetOfTest(['idm-a', 'idm-b'], ['idm-a > idm-b']);
    const b = observedOfTest({ id: 'idm-b', domain: 'b', tables: null });
    const plan = makePlan(fleet, [changed(600_000, 'none'), b]);
    expect(plan.problems.filter((it) => it.severity === 'error')).toEqual([]);
    expect(plan.steps.slice(0, 2).map((it) => `${it.action} ${it.server}`)).toContain('restart idm-a');
    expect(plan.steps.map((it) => `${it.action} ${it.server}`)).toContain('read-certificate idm-a');
  });

  it('is broken when it shows no certificate long after its file was written', () => {
    const fleet = fleetOfTest(['idm-a', 'idm-b'], ['idm-a > idm-b']);
    const b = observedOfTest({ id: 'idm-b', domain: 'b', tables: null });
    const plan = makePlan(fleet, [changed(-600_000, 'none'), b]);
    expect(plan.problems.map((it) => it.code)).toContain('no-certificate-shown');
    expect(plan.steps).toEqual([]);
  });
});

it('a file that somebody edited since the start is shown whole by the step that changes it, too', () => {
  const planned = (stale: boolean) =>
    makePlan(fleetOfTest(['idm-a', 'idm-b', 'idm-c'], ['idm-a > idm-b', 'idm-a > idm-c']), [
      observedOfTest({ id: 'idm-a', domain: 'a', tables: [] }),
      observedOfTest({ id: 'idm-b', domain: 'a', tables: [] }),
      observedOfTest({ id: 'idm-c', domain: 'c', tables: ['idm-b pull automatic'], stale }),
    ]).steps.find((step) => step.server === 'idm-c' && step.action === 'configure');
  const edited = planned(true);
  expect(edited).toMatchObject({ reads: expect.stringContaining('[replication]') });
  expect(edited?.why).toContain('was changed after kanidmd started');
  expect(edited?.diff).not.toBe('');
  const known = planned(false);
  expect(known).not.toHaveProperty('reads');
  expect(known?.why).not.toContain('was changed');
});
