import { expect, test } from 'vitest';
import { errorsIn } from './canary.mjs';

test('places of errors are read from machine output, sorted, warnings too', () => {
  const output = [
    '1732000000000 START "/project"',
    '1732000000001 ERROR "b.svelte" 5:9 "Property \'x\' does not exist"',
    '1732000000001 WARNING "a.ts" 1:14 "unused"',
    '1732000000002 COMPLETED 4 FILES 1 ERRORS 1 WARNINGS 2 FILES_WITH_PROBLEMS',
  ].join('\n');
  expect(errorsIn(output)).toEqual(['a.ts:1', 'b.svelte:5']);
});
