import { expect, it } from 'vitest';
import { axisTimes } from './axis-words';

it('times under a chart go by 24 hours, with seconds where they are needed to tell them apart', () => {
  const at = new Date(2026, 10, 23, 16, 45, 30).getTime() / 1000;
  expect(axisTimes([at, at + 600], 600)).toEqual(['16:45', '16:55']);
  expect(axisTimes([at, at + 15], 15)).toEqual(['16:45:30', '16:45:45']);
});
