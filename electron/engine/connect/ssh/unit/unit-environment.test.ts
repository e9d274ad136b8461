import { describe, expect, it } from 'vitest';
import { readEnvironment, readEnvironmentFile, withoutUnset } from './unit-environment';

describe('the environment of a unit', () => {
  it('has quotes where a value needs them', () => {
    expect(readEnvironment('A=1 "B=two words" "C=a \\"quoted\\" one" D=')).toEqual({
      A: '1',
      B: 'two words',
      C: 'a "quoted" one',
      D: '',
    });
    expect(readEnvironment("A=1 $'B=two\\nlines' C=it's")).toEqual({ A: '1', B: 'two\nlines', C: "it's" });
    expect(readEnvironment('')).toEqual({});
  });

  it('loses what is unset', () => {
    const all = { KANIDM_DOMAIN: 'a', KANIDM_ORIGIN: 'b', X: 'c' };
    expect(withoutUnset(all, 'KANIDM_DOMAIN X=other KANIDM_ORIGIN=b')).toEqual({ X: 'c' });
    expect(withoutUnset(all, '')).toEqual(all);
  });
});

describe('an environment file is read as systemd reads it', () => {
  it.each<[string, Record<string, string>]>([
    ['# c\n; c\nA=1\nC="x y"\nD=\'z\'\nnoise\n', { A: '1', C: 'x y', D: 'z' }],
    ['  A=1  \r\nB = 2\n', { A: '1', B: '2' }],
    ['export A=1\n1A=2\nA-B=3\n=4\n', {}],
    ['A=one \\\n  two\nB=2', { A: 'one   two', B: '2' }],
    ['A="one\ntwo"\nB=2', { A: 'one\ntwo', B: '2' }],
    ['A="a \\"b\\" \\$c \\d"\nB=\'a \\ b\'\n', { A: 'a "b" $c \\d', B: 'a \\ b' }],
    ['A="one"\' two\'three\n', { A: 'one twothree' }],
    ['A=https://idm.example.com/#x ; y\n', { A: 'https://idm.example.com/#x ; y' }],
    ['A=it"s\nB=\\ \\ x\\ \n', { A: 'it"s', B: '  x ' }],
    ['A=\nB=""\n', { A: '', B: '' }],
    ['A="no end\nB=2', { A: 'no end\nB=2' }],
  ])('%j', (text, wanted) => {
    expect(readEnvironmentFile(text)).toEqual(wanted);
  });

  it('in a moment, whatever it holds', () => {
    const began = performance.now();
    for (const piece of ['"', "'", '\\', '=', 'A="', ' ', 'A=\\\n', "$'"]) {
      readEnvironmentFile(piece.repeat(100_000));
      readEnvironment(piece.repeat(100_000));
    }
    expect(performance.now() - began).toBeLessThan(15_000);
  });
});
