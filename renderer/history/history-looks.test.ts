import { expect, it } from 'vitest';
import { lineLook, markLooks } from './history-looks';

it('draws no two lines alike, and tells what it draws by more than colour', () => {
  const looks = Array.from({ length: 16 }, (_, n) => lineLook(n));
  expect(new Set(looks.map((look) => JSON.stringify(look))).size).toBe(16);
  expect(new Set(looks.slice(0, 4).map(({ dash }) => dash.join())).size).toBe(4);
  const signs = Object.values(markLooks).map(({ sign }) => sign);
  expect(new Set(signs).size).toBe(signs.length);
});
