import { expect, it } from 'vitest';
import { flowWords } from './flow-words';

it('a move says which servers', () => {
  let selected = ['idm-a'];
  const say = flowWords(() => selected)['node.a11yDescription.ariaLiveMessage'];
  expect(say({ direction: 'down' })).toBe('idm-a moved down.');
  selected = ['idm-a', 'idm-b'];
  expect(say({ direction: 'left' })).toBe('idm-a and idm-b moved left.');
});
