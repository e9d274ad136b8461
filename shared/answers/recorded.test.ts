import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readLine } from '../kanidmd/log-line';
import { opId } from './answers';

const folder = new URL('../../test/recorded/', import.meta.url);
const FILE = 'answer-unknown-key.http';
const versions = readdirSync(folder, { withFileTypes: true })
  .filter((it) => it.isDirectory() && readdirSync(new URL(`${it.name}/`, folder)).includes(FILE))
  .map(({ name }) => name);

describe.each(versions)('an answer of %s', (version) => {
  const read = (file: string): string => readFileSync(new URL(`${version}/${file}`, folder), 'utf8');

  it('carries the id that heads its lines in the log, which name its path and warn of nothing', () => {
    const id = /^x-kanidm-opid: (.*)$/m.exec(read(FILE))?.[1];
    expect(opId.safeParse(id).success).toBe(true);
    const lines = read('log-unknown-key.log').trimEnd().split('\n').map(readLine);
    expect(lines.map((line) => [line?.span, line?.level])).toEqual([
      [id, 'info'],
      [id, 'info'],
    ]);
    expect(lines[0]?.head?.name).toBe('request');
    expect(lines[0]?.head?.keys.get('uri')).toMatch(/^\/v1\/jwk\/kanilink-[0-9a-f-]{36}$/);
  });
});

it('is recorded of two versions', () => {
  expect(versions).toEqual(['kanidmd-1.10.5', 'kanidmd-1.11.1']);
});
