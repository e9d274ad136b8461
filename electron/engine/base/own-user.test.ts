import { userInfo } from 'node:os';
import { expect, it } from 'vitest';
import { ownUser } from './own-user';

it('is the name and the number that the system gives', () => {
  expect(ownUser()).toEqual({ name: userInfo().username, uid: userInfo().uid });
});

it('is the number where the system knows no name for it', () => {
  const unknown = () => {
    throw new Error('uv_os_get_passwd returned ENOENT');
  };
  const number = process.getuid?.() ?? -1;
  expect(ownUser(unknown)).toEqual({ name: String(number), uid: number });
});
