import { expect, it } from 'vitest';
import { shouldNotify } from './notify';

const watched = { visible: true, minimized: false, focused: true };

it('a deploy’s end is told by the system only when nobody looks at the window', () => {
  expect(shouldNotify(watched, true)).toBe(false);
  for (const away of [{ visible: false }, { minimized: true }, { focused: false }]) {
    expect(shouldNotify({ ...watched, ...away }, true)).toBe(true);
    expect(shouldNotify({ ...watched, ...away }, false)).toBe(false);
  }
});
