import { describe, expect, it } from 'vitest';
import type { BackupEntry } from './backup';
import { contentsInWords, noContents, withEntry } from './contents';

const entry = (
  type: string,
  secs: number,
  state: BackupEntry['state'] = 'live',
  changed = secs,
  uuid = `${type}-${secs}`,
): BackupEntry => ({
  uuid,
  name: type,
  type,
  state,
  at: { server: 'a', at: { secs, nanos: 0 } },
  changes: new Map([['name', { server: 'a', at: { secs: changed, nanos: 0 } }]]),
});

describe('what a database holds, in numbers', () => {
  it('counts who and what a person would lose, and when that was changed last', () => {
    const entries = [
      entry('person', 1_000),
      entry('person', 2_000, 'live', 1_795_000_000),
      entry('person', 1_800_000_000, 'recycled'),
      entry('group', 3_000),
      entry('service account', 4_000),
      entry('schema class', 1_900_000_000),
      // `admin` and `idm_admins` are on every server: nobody would lose them.
      entry('service account', 1_900_000_000, 'live', 1_900_000_000, '00000000-0000-0000-0000-000000000000'),
      entry('group', 1_900_000_000, 'live', 1_900_000_000, '00000000-0000-0000-0000-000000000001'),
    ];
    const contents = entries.reduce(withEntry, noContents);
    expect(contents).toEqual({
      ...{ people: 2, serviceAccounts: 1, groups: 1 },
      changedAt: { secs: 1_795_000_000, nanos: 0 },
    });
    expect(contentsInWords(contents)).toBe(
      '2 people, 1 service account and 1 group, last changed on 2026-11-18',
    );
  });

  it('says of an empty one no date', () => {
    expect(contentsInWords(noContents)).toBe('0 people, 0 service accounts and 0 groups');
  });
});
