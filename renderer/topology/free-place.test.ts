import { describe, expect, it } from 'vitest';
import { freePlace } from './free-place';

const size = { width: 216, height: 84 };
const apart = (a: { x: number; y: number }, b: { x: number; y: number }): boolean =>
  Math.abs(a.x - b.x) >= size.width || Math.abs(a.y - b.y) >= size.height;

describe('a free place', () => {
  it('is the wanted one where nothing is covered', () => {
    expect(freePlace({ x: 10, y: 20 }, [{ x: 240, y: 20 }], size)).toEqual({ x: 10, y: 20 });
    expect(freePlace({ x: 10, y: 20 }, [], size)).toEqual({ x: 10, y: 20 });
  });

  it('is close by where something would be covered', () => {
    expect(freePlace({ x: 0, y: 10 }, [{ x: 0, y: 0 }], size)).toEqual({ x: 0, y: 108 });
    expect(freePlace({ x: 190, y: 0 }, [{ x: 0, y: 0 }], size)).toEqual({ x: 240, y: 0 });
  });

  it('covers none of the others either, however many there are', () => {
    const others = Array.from({ length: 40 }, (_, n) => ({ x: (n % 8) * 230, y: Math.floor(n / 8) * 100 }));
    for (const wanted of others.map(({ x, y }) => ({ x: x + 7, y: y + 7 }))) {
      const place = freePlace(wanted, others, size);
      expect(others.every((other) => apart(other, place))).toBe(true);
    }
  });
});
