import { expect, it } from 'vitest';
import { reachedBy, whyNone } from './server-view';
import type { FleetServer } from '../../shared/fleet/model/fleet';
import '../dev/all-loaded';

it('that a server has no certificate is said only of what was read', () => {
  expect(whyNone({ notKnown: 'It has not answered yet.', seen: null })).toEqual({
    none: false,
    words: 'Not known. It has not answered yet.',
  });
  expect(whyNone({ notKnown: '', seen: null }).none).toBe(false);
});

it('how a server is reached is said in words, also of one without an endpoint, as in a file with faults', () => {
  const words = (endpoint: string) => reachedBy({ connect: 'ssh', endpoint } as FleetServer);
  expect(words('ssh://ada@192.0.2.7:22')).toBe('SSH at ada@192.0.2.7:22');
  expect(words('')).toBe('SSH, no endpoint yet');
});
