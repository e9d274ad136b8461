import { expect, it } from 'vitest';
import type { UnreadDeploy } from './history';
import { unreadableJournal } from './interrupted';

/* What a person learns of a deploy whose journal cannot be read: all that its beginning says, and no word of what it does not. */

const unread: UnreadDeploy = {
  ...{ deploy: 'd1', folder: '', format: null, at: null, who: null, host: null, outcome: null },
  over: false,
};
const said = (more: Partial<UnreadDeploy>): string => unreadableJournal({ ...unread, ...more }).message;

it('a journal of which nothing is known is told as that', () => {
  expect(unreadableJournal(unread)).toMatchObject({
    severity: 'warning',
    message:
      'The journal of the deploy d1 cannot be read: it is damaged, or a newer Kanilink wrote it. It may be one of this fleet, and interrupted.',
  });
});

it('its format, and who began it where and when, are said as far as they are known', () => {
  expect(said({ format: 9 })).toContain('a newer Kanilink wrote it (its format is 9). It may');
  const at = '2026-11-23T15:24:07.000Z';
  expect(said({ at })).toContain(
    ` Somebody began it on some machine at ${at}, and nothing says that it ended. It may`,
  );
  expect(said({ at, who: 'robin', host: 'desk' })).toContain(` robin began it on desk at ${at}, and`);
});
