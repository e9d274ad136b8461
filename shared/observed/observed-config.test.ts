import { describe, expect, it } from 'vitest';
import { observedOfTest } from '../../test/support/fleet-fixtures';
import { readServerConfig } from '../server-config/read-server-config';
import { backupSuffix } from './observed-config';

/** A server of a version, with these lines at the end of its file. */
const suffixOf = (version: string, lines = ''): string => {
  const seen = observedOfTest({ id: 'idm-a', domain: 'a', tables: [], version });
  const text = `${seen.file?.text ?? ''}\n${lines}`;
  const config = readServerConfig(new TextEncoder().encode(text), { server: 'idm-a' });
  if (!config.ok) throw new Error(config.error.message);
  return backupSuffix({ ...seen, config: config.value });
};

describe('what a backup’s name ends in', () => {
  it.each([
    ['1.2.0', '.json'],
    ['1.7.4', '.json'],
    ['1.8.0', '.json.gz'],
    ['1.8.6', '.json.gz'],
    ['1.11.1', '.json.gz'],
    ['nonsense', '.json.gz'],
  ])('of %s without a word about it: %s', (version, suffix) => {
    expect(suffixOf(version)).toBe(suffix);
  });

  it.each([
    ['none', '.json'],
    ['NoCompression', '.json'],
    ['gzip', '.json.gz'],
    ['zstd', '.json.gz'],
  ])('where compression is %j: %s', (compression, suffix) => {
    const lines = `[online_backup]\nschedule = "00 22 * * *"\ncompression = "${compression}"\n`;
    expect(suffixOf('1.11.1', lines)).toBe(suffix);
  });
});
