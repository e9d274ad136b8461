import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  entriesFor,
  hostName,
  judgeHostKey,
  keyFingerprint,
  knownHostLine,
  knownKeyTypes,
  parseKnownHosts,
} from './known-hosts';

/** A key as on the wire: its type, then bytes that differ. */
function key(type: string, seed: string): Buffer {
  const text = (value: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, value.length]), value]);
  return Buffer.concat([text(Buffer.from(type)), text(createHash('sha256').update(seed).digest())]);
}
const ed = key('ssh-ed25519', 'one');
const otherEd = key('ssh-ed25519', 'two');
const rsa = key('ssh-rsa', 'three');
const judge = (text: string, host: string, blob: Buffer) =>
  judgeHostKey(entriesFor(parseKnownHosts(text, 'known_hosts'), host), blob).kind;
const line = (patterns: string, blob = ed) => knownHostLine(patterns, blob, null);

describe('known_hosts', () => {
  it('knows a host by its name, on another port by [name]:port, in any case of letters', () => {
    expect(hostName('Idm.Example.com', 22)).toBe('idm.example.com');
    expect(hostName('::1', 2222)).toBe('[::1]:2222');
    expect(judge(line('idm.example.com'), 'idm.example.com', ed)).toBe('known');
    expect(judge(line('IDM.example.com'), 'idm.example.com', ed)).toBe('known');
    expect(judge(line('idm.example.com'), '[idm.example.com]:2222', ed)).toBe('unknown');
    expect(judge(line('[idm.example.com]:2222'), '[idm.example.com]:2222', ed)).toBe('known');
  });

  it('reads lists, wildcards and negations', () => {
    const text = line('a,*.example.com,!bad.example.com,b?');
    expect(judge(text, 'a', ed)).toBe('known');
    expect(judge(text, 'x.example.com', ed)).toBe('known');
    expect(judge(text, 'bad.example.com', ed)).toBe('unknown');
    expect(judge(text, 'b1', ed)).toBe('known');
    expect(judge(text, 'b12', ed)).toBe('unknown');
    expect(judge(line('a.c'), 'abc', ed)).toBe('unknown');
    expect(judge(line('[*]:22'), '[x]:22', ed)).toBe('known');
  });

  it('reads hashed names as it writes them', () => {
    const hashed = knownHostLine('[127.0.0.1]:2222', ed, Buffer.alloc(20, 7));
    expect(hashed).toMatch(/^\|1\|\S{28}\|\S{28} ssh-ed25519 /);
    expect(hashed).not.toContain('127.0.0.1');
    expect(judge(hashed, '[127.0.0.1]:2222', ed)).toBe('known');
    expect(judge(hashed, '[127.0.0.1]:2223', ed)).toBe('unknown');
  });

  it('a name hashed by OpenSSH 9.2 is known', () => {
    // Printed by `ssh-keygen -H` for a line of idm.example.com.
    const text = `|1|gh0IBVeLWAKRUw+TYYbuv8+k/Gk=|9bzxSna4nH6O6OTXKYdSSQ0EFEM= ssh-ed25519 ${ed.toString('base64')}`;
    expect(judge(text, 'idm.example.com', ed)).toBe('known');
    expect(judge(text, 'idm.example.org', ed)).toBe('unknown');
  });

  it('a key that is not the known one is changed, one of another type as well', () => {
    expect(judge(line('a'), 'a', otherEd)).toBe('changed');
    expect(judge(line('a'), 'a', rsa)).toBe('changed');
    expect(judge(`${line('a', rsa)}\n${line('a')}`, 'a', ed)).toBe('known');
  });

  it('names the line of the known key of the same type', () => {
    const text = `# comment\n\n${line('a', rsa)}\n${line('a')}\n`;
    const verdict = judgeHostKey(entriesFor(parseKnownHosts(text, 'file'), 'a'), otherEd);
    expect(verdict).toMatchObject({
      kind: 'changed',
      entry: { file: 'file', line: 4, keyType: 'ssh-ed25519' },
    });
  });

  it('a revoked key is never known', () => {
    expect(judge(`${line('a')}\n@revoked * ${line('x').slice(2)}`, 'a', ed)).toBe('revoked');
  });

  it('a certificate authority makes no host known, and is told apart', () => {
    const verdict = judgeHostKey(
      entriesFor(parseKnownHosts(`@cert-authority * ${line('x').slice(2)}`, 'file'), 'a'),
      otherEd,
    );
    expect(verdict).toMatchObject({ kind: 'unknown', certificateAuthority: { line: 1 } });
  });

  it('tells the key types to ask for', () => {
    const entries = entriesFor(parseKnownHosts(`${line('a', rsa)}\n${line('a')}\n${line('b')}`, 'f'), 'a');
    expect(knownKeyTypes(entries)).toEqual(['ssh-rsa', 'ssh-ed25519']);
  });

  it('leaves out what it cannot read', () => {
    expect(parseKnownHosts('#x\n\na\na ssh-rsa\n@other a ssh-rsa AAAA\na ssh-rsa !!!\n', 'f')).toEqual([]);
    expect(parseKnownHosts(`${line('a')}\r\n`, 'f')).toHaveLength(1);
  });

  it('prints fingerprints as OpenSSH does', () => {
    expect(keyFingerprint(ed)).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  });
});
