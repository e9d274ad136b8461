import { expect, it } from 'vitest';
import { noProblems } from './no-problems';

const refused = { title: 'Not read.', text: 'Trust it.' };

it.each([
  ['Not read.', refused, ['idm-a']],
  ['Not read.', refused, []],
  ['No problems in the drawing', null, ['idm-a']],
  ['No problems', null, []],
] as const)('says “%s” of no more than what was read', (title, why, notRead) => {
  expect(noProblems(why, notRead).title).toBe(title);
});
