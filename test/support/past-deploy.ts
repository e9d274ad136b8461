import { hostname } from 'node:os';
import type { Journal } from '../../electron/engine/deploy/journal/journal';
import {
  JOURNAL_FORMAT,
  type JournalEntry,
  type NewEntry,
} from '../../electron/engine/deploy/journal/journal-entry';
import type { DeployRecord } from '../../electron/engine/deploy/journal/read-journal';
import type { LookedBefore } from '../../electron/engine/deploy/run/logins-before';
import { ids } from '../../shared/base/ids';

/** The fleet of `headOf`, as journals know it. */
export const FLEET_OF_HEAD = { path: '/home/fleet.toml', name: 'Home' };

/** The head of a deploy's journal: of a plan without steps, to be applied. */
export const headOf = (deploy: string, pid = process.pid, host = hostname()): NewEntry<'deploy'> => ({
  ...{ kind: 'deploy', format: JOURNAL_FORMAT, deploy, purpose: 'apply', of: null, lock: deploy },
  ...{
    who: 'alex',
    host,
    pid,
    fleet: { ...FLEET_OF_HEAD, sha256: '' },
    fingerprint: 'f',
    erase: [],
    steps: [],
  },
});

/** When the n-th minute of a past deploy was. */
export const minute = (n: number): string => new Date(Date.UTC(2026, 10, 25, 6, n)).toISOString();

/** A deploy as its journal tells it: interrupted, but for what is said. @param head what is special in its head. */
export const recordOfTest = (
  deploy: string,
  head: Partial<DeployRecord['header']> = {},
  entries: readonly JournalEntry[] = [],
  more: Partial<DeployRecord> = {},
): DeployRecord => {
  const header = { at: minute(0), ...headOf(deploy), ...head };
  return {
    ...{ deploy, folder: '', header, entries: [header, ...entries], state: 'interrupted' },
    ...{ outcome: null, settledBy: null, torn: false },
    ...more,
  };
};

/** The head of a journal, as every deploy begins it. */
export const writeHead = (journal: Journal): Promise<void> => journal.write(headOf(journal.deploy));

/** What a deploy of before tells of the logins it found broken: in an entry, or nowhere. */
export function pastOf({
  entry,
  then = [],
  of = null,
}: {
  readonly entry?: readonly string[];
  readonly then?: readonly 'begin'[];
  readonly of?: string | null;
}): LookedBefore {
  const at = '2026-11-29T09:00:00.000Z';
  return {
    header: { of },
    entries: [
      ...(entry ? [{ kind: 'logins-before' as const, at, failed: entry }] : []),
      ...then.map((kind) => ({ kind, at, step: ids.step.parse('1') })),
    ],
  };
}
