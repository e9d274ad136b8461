import { describe, expect, it } from 'vitest';
import type { Problem } from '../base/problem';
import { ruleProblem } from '../fleet/rules/registry';
import type { PullHealth } from '../kanidmd/health';
import { type Entry, entriesOf } from './entries';

const stopped = (detail: string): Problem =>
  ruleProblem('server-stopped', 'idm-b', `kanidmd is not running on idm-b (${detail}).`, 'Start it.');
const waits = ruleProblem('not-checked', 'idm-b', 'While kanidmd does not run on idm-b, …', 'Start it.');
const pull = (more: Partial<PullHealth>): PullHealth => ({
  ...{ consumer: 'idm-a', supplier: 'idm-b', health: 'broken', cause: 'It broke.', fix: 'Mend it.' },
  lastSuccess: null,
  ...more,
});
const fault = (code: string, more: Partial<Problem> = {}): Problem => ({
  ...{ severity: 'error', code, server: 'idm-b', message: code, fix: '', where: { server: 'idm-b' } },
  ...more,
});
const brief = (entries: readonly Entry[]) =>
  entries.map(({ root, folded }) => [root.code, ...folded.map(({ code }) => code)]);

describe('a server that is down', () => {
  it('is one entry: what could not be checked, planned or pulled because of it is under it', () => {
    const entries = entriesOf({
      observed: [
        ruleProblem('link-not-deployed', null, 'm', 'Deploy.', { link: 'idm-a → idm-c' }),
        waits,
        stopped('inactive (dead)'),
      ],
      plan: [
        ruleProblem('primary-not-seen', 'idm-b', 'm', 'f'),
        {
          ...ruleProblem('source-not-ready', 'idm-a', 'm', 'f', {}, { servers: ['idm-a', 'idm-b'] }),
          severity: 'error',
        },
        ruleProblem(
          'partner-not-running',
          null,
          'm',
          'f',
          { server: 'idm-a' },
          { servers: ['idm-a', 'idm-b'] },
        ),
      ],
      pulls: [pull({ cause: 'idm-b is stopped.' }), pull({ consumer: 'idm-b', supplier: 'idm-a' })],
    });
    expect(brief(entries)).toEqual([
      [
        'server-stopped',
        ...['not-checked', 'primary-not-seen', 'source-not-ready', 'partner-not-running'],
        ...['pull-broken', 'pull-broken'],
      ],
      ['link-not-deployed'],
    ]);
    expect(entries[0]).toMatchObject({
      severity: 'error',
      subject: { kind: 'server', server: 'idm-b' },
      remedy: { kind: 'start', server: 'idm-b' },
    });
    expect(entries[1]).toMatchObject({ subject: { kind: 'link', ends: ['idm-a', 'idm-c'] } });
  });

  it('that cannot be reached is told by the fault, once', () => {
    const found = [fault('connection-refused'), fault('timed-out'), waits];
    expect(brief(entriesOf({ observed: found, pulls: [pull({ health: 'unknown' })] }))).toEqual([
      ['connection-refused', 'timed-out', 'not-checked', 'pull-unknown'],
    ]);
  });

  it('hides nothing that has its own cause: a fault in its file, another server', () => {
    const file = fault('server-toml-syntax', { where: { server: 'idm-b', line: 3 } });
    const other = ruleProblem('certificate-expired', 'idm-a', 'm', 'f');
    expect(brief(entriesOf({ observed: [stopped('x'), file, other] }))).toEqual([
      ['server-stopped'],
      ['server-toml-syntax'],
      ['certificate-expired'],
    ]);
  });
});

describe('a problem that several readers found', () => {
  it('is told once, in the newest words, as grave as the gravest says', () => {
    const newest = ruleProblem('stop-removed-server', null, 'four', 'f');
    const before: Problem = { ...newest, message: 'three', severity: 'error' };
    expect(entriesOf({ observed: [newest], plan: [before] })).toMatchObject([
      { severity: 'error', root: { message: 'four' } },
    ]);
    const twice = { observed: [stopped('inactive (dead)')], plan: [stopped('deactivating (stop-sigterm)')] };
    expect(entriesOf(twice).map(({ root }) => root.message)).toEqual([expect.stringContaining('(dead)')]);
  });

  it('is over when the newest reading of the servers does not say so any more', () => {
    const unsaid = ruleProblem('source-not-ready', 'idm-a', 'm', 'f');
    expect(brief(entriesOf({ observed: [], plan: [stopped('x'), fault('timed-out'), unsaid] }))).toEqual([
      ['source-not-ready'],
    ]);
    expect(brief(entriesOf({ plan: [stopped('x')] }))).toEqual([['server-stopped']]);
  });

  it('is not two that one reader found at one place', () => {
    const two = ['repl://x', 'repl://y'].map((origin) =>
      ruleProblem('unknown-partner', 'idm-a', origin, 'f'),
    );
    const entries = entriesOf({ observed: [...two, ...two], plan: two });
    expect(entries.map(({ root }) => root.message)).toEqual(['repl://x', 'repl://y']);
    expect(new Set(entries.map(({ key }) => key)).size).toBe(2);
  });
});

describe('a pull that is not well', () => {
  const pin = ruleProblem('pin-differs', 'idm-a', 'm', 'f', { server: 'idm-a', link: 'idm-a ← idm-b' });
  it('is told under what explains it, and by itself otherwise, with its remedy', () => {
    expect(
      brief(
        entriesOf({ observed: [pin], pulls: [pull({}), pull({ consumer: 'idm-b', supplier: 'idm-a' })] }),
      ),
    ).toEqual([['pin-differs', 'pull-broken', 'pull-broken']]);
    const remedy = { kind: 'restart', server: 'idm-b' } as const;
    expect(entriesOf({ pulls: [pull({ remedy })] })).toMatchObject([
      { root: { code: 'pull-broken' }, remedy, subject: { kind: 'link', ends: ['idm-a', 'idm-b'] } },
    ]);
  });
  it('is not hidden under a note about its link', () => {
    const note = ruleProblem('link-differs', null, 'm', 'f', { link: 'idm-a → idm-b' });
    expect(brief(entriesOf({ observed: [note], pulls: [pull({})] }))).toEqual([
      ['pull-broken'],
      ['link-differs'],
    ]);
    expect(brief(entriesOf({ observed: [note], pulls: [pull({ health: 'unknown' })] }))).toEqual([
      ['link-differs', 'pull-unknown'],
    ]);
  });
  it('says nothing while it is well or its round is due', () => {
    expect(
      entriesOf({
        pulls: [pull({ health: 'replicating' }), pull({ health: 'waiting' }), pull({ health: 'unknown' })],
      }),
    ).toEqual([]);
  });
});
