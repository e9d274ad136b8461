import { describe, expect, it } from 'vitest';
import { readCertificate } from './certificate';
import { judge } from './judge';
import { makeKeyCert } from './make-certificate';
import { findVersion, type Version } from './versions';

const known = findVersion('1.10.5');
if (!known) throw new Error('1.10.5 is missing');
const version: Version = known;
const now = new Date('2026-11-23T15:00:00Z');
const [uuidA, uuidB] = ['37d2eded-fdee-4f4c-a60c-80105e881711', '161d8164-8b86-41e6-9517-7367fd82c183'];

const make = async (uuid: string, origin: string) =>
  readCertificate(await makeKeyCert(uuid, origin, version, now));

describe('judging a certificate by the pins', () => {
  it('takes the pinned one under its own name', async () => {
    const a = await make(uuidA, 'repl://idm-a.localhost:8444');
    expect(judge(a, [a], now, 'idm-a.localhost')).toBeUndefined();
    expect(judge(a, [a], now, undefined)).toBeUndefined();
  });

  it('tells an unknown server from a renewed certificate of a known one', async () => {
    const [a, renewed, b] = await Promise.all([
      make(uuidA, 'repl://idm-a.localhost:8444'),
      make(uuidA, 'repl://idm-a.localhost:8444'),
      make(uuidB, 'repl://idm-b.localhost:8444'),
    ]);
    expect(judge(b, [a], now, undefined)).toEqual({ reason: 'UnknownIssuer', alert: 'UnknownCA' });
    expect(judge(renewed, [a], now, undefined)).toEqual({ reason: 'BadSignature', alert: 'DecryptError' });
    expect(judge(a, [], now, undefined)?.reason).toBe('UnknownIssuer');
  });

  it('refuses another name, and says which ones are in the certificate', async () => {
    const a = await make(uuidA, 'repl://idm-a.localhost:8444');
    expect(judge(a, [a], now, 'alias-a.localhost')).toEqual({
      reason:
        'NotValidForNameContext { expected: DnsName("alias-a.localhost"), presented: ["DnsName(\\"idm-a.localhost\\")"] }',
      alert: 'BadCertificate',
    });
  });

  it('refuses an expired one, four years later', async () => {
    const a = await make(uuidA, 'repl://idm-a.localhost:8444');
    expect(judge(a, [a], new Date('2030-11-23T14:59:59Z'), undefined)).toBeUndefined();
    expect(judge(a, [a], new Date('2030-11-23T15:00:01Z'), undefined)?.reason).toBe('Expired');
  });

  it('an origin that is an IP address gets an IP in the certificate', async () => {
    const a = await make(uuidA, 'repl://192.0.2.7:8444');
    expect(judge(a, [a], now, '192.0.2.7')).toBeUndefined();
    expect(judge(a, [a], now, '192.0.2.8')?.alert).toBe('BadCertificate');
  });
});
