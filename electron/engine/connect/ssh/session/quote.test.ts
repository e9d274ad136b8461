import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quote } from './quote';

describe('a quoted command line', () => {
  it('gives the program exactly its arguments, whatever is in them, and runs nothing else', () => {
    const argument = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));
    const spiteful = fc.constantFrom(
      '$(id)',
      '`id`',
      "'",
      '"',
      '\\',
      '\n',
      '-rf',
      '; id',
      '&&',
      '*',
      '~',
      'A=b',
      '!!',
      '',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(argument, spiteful), { maxLength: 20 }), (args) => {
        const line = quote(['printf', '%s\\0', ...args, 'end']);
        const printed = execFileSync('/bin/sh', ['-c', line ?? ''], { encoding: 'utf8' });
        expect(printed).toBe([...args, 'end', ''].map((text) => Buffer.from(text).toString()).join('\0'));
      }),
      { numRuns: 60 },
    );
  });

  it('leaves plain words as they are, for the server’s own logs', () => {
    expect(quote(['systemctl', 'show', 'kanidmd.service', '--property=A,B'])).toBe(
      "systemctl show kanidmd.service '--property=A,B'",
    );
  });

  it('cannot be made with a NUL byte, nor of nothing', () => {
    expect(quote(['a', 'b\0c'])).toBeNull();
    expect(quote([])).toBeNull();
  });
});
