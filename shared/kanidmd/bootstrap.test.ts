import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { bootstrapLines, bootstrapOf } from '../versions/bootstrap';
import { readLine } from './log-line';

const folder = new URL('../../test/recorded/', import.meta.url);
const messagesOf = (version: string, name: string) =>
  readFileSync(new URL(`kanidmd-${version}/${name}`, folder), 'utf8')
    .split('\n')
    .flatMap((line) => readLine(line) ?? [])
    .filter(({ level }) => level === 'warn' || level === 'error')
    .map(({ message }) => message);

it('each line was recorded in every version it names', () => {
  for (const { says, seen } of bootstrapLines)
    for (const [version, name] of Object.entries(seen))
      expect(
        messagesOf(version, name).filter((message) => says.test(message)),
        `${says} ${version}`,
      ).not.toEqual([]);
});

it('of a fresh start nothing else is left but what is said of rights, and that nobody is paired yet', () => {
  for (const version of ['1.10.5', '1.11.1'])
    for (const message of messagesOf(version, 'log-b-before-refresh.log'))
      if (bootstrapOf(message) === null)
        expect(message).toMatch(
          /uid|permission|replication client certs|trusted partner certificates|not configured correctly|domain uuid|refresh|exclusive lock/i,
        );
});

it('other errors of the database are none of it', () => {
  expect(
    bootstrapOf(
      'SQLite Error | event_tag_id: 1 | e: SqliteFailure(…, Some("database disk image is malformed"))',
    ),
  ).toBeNull();
  expect(bootstrapOf('Domain level has been bootstrapped to 14')).toBe('sign');
});
