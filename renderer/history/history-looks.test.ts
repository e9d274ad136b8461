import { expect, it } from 'vitest';
import { lineLook, markLooks, placeMarks } from './history-looks';

it('draws no two lines alike, and tells what it draws by more than colour', () => {
  const looks = Array.from({ length: 16 }, (_, n) => lineLook(n));
  expect(new Set(looks.map((look) => JSON.stringify(look))).size).toBe(16);
  expect(new Set(looks.slice(0, 4).map(({ dash }) => dash.join())).size).toBe(4);
  const signs = Object.values(markLooks).map(({ sign }) => sign);
  expect(new Set(signs).size).toBe(signs.length);
});

it('puts signs that would lie on each other under each other, one of a kind, and lines under all of them', () => {
  const at = (x: number, ...kinds: ('start' | 'heal' | 'gap' | 'break')[]) =>
    kinds.map((kind) => ({ kind, x }));
  const rows = (marks: ReturnType<typeof at>, room = 8) => placeMarks(marks, 10, room).map(({ row }) => row);
  expect(rows([...at(0, 'start'), ...at(50, 'heal')])).toEqual([0, 0]);
  expect(rows(at(0, 'heal', 'heal', 'gap', 'heal', 'break'))).toEqual([0, null, 1, null, 2]);
  expect(rows([...at(0, 'heal'), ...at(9, 'gap'), ...at(18, 'start')])).toEqual([0, 1, 0]);
  // Where there is no room no sign lies under the axis, and no line goes up from there.
  const tight = placeMarks(at(0, 'heal', 'gap', 'break'), 10, 2);
  expect(tight.map(({ row }) => row)).toEqual([0, 1, null]);
  expect(tight.map(({ from }) => from)).toEqual([2, 2, 2]);
});
