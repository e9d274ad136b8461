import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { originAddress, parseAddress, printAddress } from './addresses';
import { readKnobs } from './knobs';
import { makeResolve } from './resolve';

describe('names', () => {
  it('practice names are this machine, told names are as told', async () => {
    const resolve = makeResolve(
      new Map([
        ['idm-b.localhost', null],
        ['other.example', '127.0.0.2'],
      ]),
      undefined,
    );
    expect(await resolve('idm-a.localhost')).toEqual(['127.0.0.1']);
    expect(await resolve('IDM-B.localhost')).toEqual([]);
    expect(await resolve('other.example')).toEqual(['127.0.0.2']);
    expect(await resolve('127.0.0.3')).toEqual(['127.0.0.3']);
  });

  it('a file of names is read at each look-up and wins', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'practice-names-'));
    const file = path.join(folder, 'names.json');
    const resolve = makeResolve(new Map([['idm-b.localhost', null]]), file);
    expect(await resolve('idm-b.localhost')).toEqual([]);
    writeFileSync(file, '{"idm-b.localhost":"127.0.0.1","idm-a.localhost":null}');
    expect(await resolve('idm-b.localhost')).toEqual(['127.0.0.1']);
    expect(await resolve('idm-a.localhost')).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it('origins without a port mean 443', () => {
    expect(originAddress('repl://idm-a.localhost')).toEqual({ host: 'idm-a.localhost', port: 443 });
    expect(originAddress('repl://idm-a.localhost:80')).toEqual({ host: 'idm-a.localhost', port: 80 });
    expect(originAddress('repl://[::1]:8444/')).toEqual({ host: '::1', port: 8444 });
    expect(originAddress('https://idm-a.localhost:8444')).toBeUndefined();
    expect(printAddress(parseAddress('[::]:8444') ?? { host: '', port: 0 })).toBe('[::]:8444');
  });
});

it('knobs that make no sense are refused with a sentence', () => {
  expect(readKnobs({ PRACTICE_VERSION: '9.9.9' })).toMatch(/PRACTICE_VERSION is '9.9.9', expected one of/);
  expect(readKnobs({ PRACTICE_SPEED: '0' })).toMatch(/PRACTICE_SPEED/);
  expect(readKnobs({ PRACTICE_RESOLVE: '[1]' })).toMatch(/PRACTICE_RESOLVE/);
  expect(readKnobs({})).toMatchObject({ speed: 1, version: { id: '1.10.5' } });
});
