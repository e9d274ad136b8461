import { expect, it } from 'vitest';
import { notificationOf, shouldNotify } from './notify';

const watched = { visible: true, minimized: false, focused: true };

it('a deploy’s end is told by the system only when nobody looks at the window', () => {
  expect(shouldNotify(watched, true)).toBe(false);
  for (const away of [{ visible: false }, { minimized: true }, { focused: false }]) {
    expect(shouldNotify({ ...watched, ...away }, true)).toBe(true);
    expect(shouldNotify({ ...watched, ...away }, false)).toBe(false);
  }
});

it('says what servers said as text, not as markup, where a body is markup', () => {
  const notice = { title: 'a < b & c', text: '<a href="https://x">&amp;</a>' };
  expect(notificationOf(notice, 'linux')).toEqual({
    title: 'Kanilink: a < b & c',
    body: '&lt;a href="https://x"&gt;&amp;amp;&lt;/a&gt;',
  });
  for (const platform of ['darwin', 'win32']) expect(notificationOf(notice, platform).body).toBe(notice.text);
});

it('is no longer than a desktop shows, and ends between characters', () => {
  const long = notificationOf({ title: '😀'.repeat(900), text: '<'.repeat(900) }, 'linux');
  expect(Array.from(long.title)).toHaveLength(200);
  expect(long.title.endsWith('😀…')).toBe(true);
  expect(long.body).toBe(`${'&lt;'.repeat(499)}…`);
});
