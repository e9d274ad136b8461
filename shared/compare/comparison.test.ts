import { expect, it } from 'vitest';
import { type Comparison, sinceLast } from './comparison';
import { type ServerId, trusted } from '../base/names';

const [a, b] = [trusted<ServerId>('idm-a'), trusted<ServerId>('idm-b')];
const compared = (at: string, ...own: readonly (readonly [ServerId, string, string])[]): Comparison => ({
  ...{ servers: [a, b], at, domain: null, result: 'same', entries: 1, differing: [], differences: 0 },
  ...{ travelling: 0, cause: 'They hold the same.', fix: '', fault: null },
  own: own.map(([server, uuid, reached]) => ({ server, uuid, at: reached })),
});
const early = '2026-11-26T05:00:00.000Z';
const late = '2026-11-26T06:00:00.000Z';

it('a server whose own changes went back is said to have been put back; one that was made anew is not', () => {
  const before = compared(late, [a, 'u1', late], [b, 'u2', early]);
  expect(sinceLast(compared(late, [a, 'u1', early], [b, 'u2', late]), before).cause).toMatch(
    /^They hold the same\. idm-a’s own changes end at 2026-11-26T05.* put back to an older copy/,
  );
  for (const now of [compared(late, [a, 'u1', late]), compared(late, [a, 'u3', early]), compared(late)])
    expect(sinceLast(now, before)).toBe(now);
  expect(sinceLast(before, null)).toBe(before);
});
