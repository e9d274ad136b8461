import { expect, it } from 'vitest';
import { olderWords } from './older-words';

const fault = { code: 'timed-out', message: 'No answer.', fix: 'Try again.', where: {} };
const back = { from: 1_764_400_000_000_000, read: 20, shown: 3, stuck: false };
const server = (id: string, more: boolean, why: typeof fault | null = null) => ({
  server: id,
  more,
  fault: why,
});

it('says how far the log was read back, and who keeps nothing older', () => {
  const words = (servers: Parameters<typeof olderWords>[0]['servers'], shown = 3) =>
    olderWords({ ...back, servers, shown }).join(' ');
  expect(words([server('a', true), server('b', true)])).toMatch(/^Read back to [^.]+\.$/);
  expect(words([server('a', true), server('b', false)])).toMatch(/\. b keeps nothing older\.$/);
  expect(words([server('a', false), server('b', false)])).toMatch(
    /^The log begins at .+: the servers keep nothing older\.$/,
  );
  expect(words([server('a', true)], 0)).toMatch(/20 lines were read; the filter shows none of them\.$/);
});

it('names a server that could not be read, and does not say that the log begins there', () => {
  const words = olderWords({ ...back, servers: [server('a', false), server('b', true, fault)] }).join(' ');
  expect(words).toMatch(
    /^Read back to .* a keeps nothing older\. Older lines of b could not be read: No answer\. Try again\.$/,
  );
});

it('says that a reading brought nothing more', () => {
  const words = (stuck: boolean) => olderWords({ ...back, servers: [server('a', true)], stuck }).join(' ');
  expect(words(true)).toMatch(/Nothing more could be read beyond that\.$/);
  expect(words(false)).not.toMatch(/Nothing more/);
});
