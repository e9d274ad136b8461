import { describe, expect, it } from 'vitest';
import { certificateOfTest } from '../../test/support/fleet-fixtures';
import { type Origin, trusted } from '../base/names';
import type { ConfigChange } from './server-config';
import { verifyEdit } from './verify-edit';

/* The check can refuse: edits that went wrong in every way an edit of text can. */

const pin = certificateOfTest('idm-b');
const b = trusted<Origin>('repl://b:8444');
const before = `domain = "x"
times = [07:32:00, 1979-05-27]
[replication]
origin = "repl://a:8444"
[replication."repl://B:8444/"]
type = "pull"
supplier_cert = "${pin}"
note = "mine"
[other]
list = [1, { deep = [] }]
`;
const difference = (after: string, ...changes: ConfigChange[]): string | undefined =>
  verifyEdit(before, after, changes, {})?.detail;
const change: ConfigChange = { kind: 'set-bindaddress', bindaddress: '[::]:8444' };
const right = before.replace('origin = "repl', 'bindaddress = "[::]:8444"\norigin = "repl');

describe('the check of an edit', () => {
  it('lets pass what was meant', () => {
    expect(verifyEdit(before, right, [change], {})).toBeNull();
    const flag = right.replace('note', 'automatic_refresh = false\nnote');
    expect(difference(flag, change)).toBeUndefined();
    const removed = before.replace(/\[replication\."[^]*?(?=\[other)/, '');
    expect(difference(removed, { kind: 'remove-partner', origin: b })).toBeUndefined();
  });

  it.each([
    ['nothing was changed', before, '["replication","bindaddress"] is missing'],
    ['another value', right.replace('[::]', '[::1]'), '["replication","bindaddress"] has another value'],
    [
      'a number for a text',
      right.replace('"[::]:8444"', '8444'),
      '["replication","bindaddress"] has another value',
    ],
    [
      'in another table',
      before.replace('[other]', '[other]\nbindaddress = "[::]:8444"'),
      '["replication","bindaddress"] is missing',
    ],
    [
      'a neighbour lost',
      right.replace('note = "mine"\n', ''),
      '["replication","repl://B:8444/","note"] is missing',
    ],
    [
      'a neighbour changed',
      right.replace('"mine"', '"Mine"'),
      '["replication","repl://B:8444/","note"] has another value',
    ],
    [
      'a pin changed',
      right.replace(pin, `${pin}=`),
      '["replication","repl://B:8444/","supplier_cert"] has another value',
    ],
    ['a time changed', right.replace('07:32:00', '07:32:01'), '["times",0] has another value'],
    ['a date turned to text', right.replace('1979-05-27', '"1979-05-27"'), '["times",1] has another value'],
    ['a list grown', right.replace('deep = []', 'deep = [1]'), '["other","list",1,"deep"] has another value'],
    [
      'a table for a list',
      right.replace('deep = []', 'deep = {}'),
      '["other","list",1,"deep"] has another value',
    ],
    [
      'armed',
      right.replace('note', 'automatic_refresh = true\nnote'),
      '["replication","repl://B:8444/","automatic_refresh"] was not there',
    ],
    ['something added', `${right}more = 1\n`, '["other","more"] was not there'],
    ['no TOML', `${right}more = \n`, 'no independent parser reads it'],
  ])('refuses when the result is wrong: %s', (_name, after, detail) => {
    expect(difference(after, change)).toBe(detail);
  });

  it('refuses a removal that took a neighbour along, or left something', () => {
    const nothing = before.replace(/\[replication\]\n[^]*?(?=\[other)/, '');
    expect(difference(nothing, { kind: 'remove-partner', origin: b })).toBe('["replication"] is missing');
    const left = before.replace(/type = "pull"\n/, '');
    expect(difference(left, { kind: 'remove-partner', origin: b })).toContain('was not there');
  });
});
