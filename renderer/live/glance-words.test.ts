import { expect, it } from 'vitest';
import type { FleetGlance } from '../../shared/history/history';
import { glanceWords } from './glance-words';

const T = 1_800_000_000_000;
const glance = (more: Partial<FleetGlance>): FleetGlance => ({
  ...{ path: '/srv/fleet.toml', name: 'Home', at: T - 3 * 3_600_000, pulls: {}, down: 0, servers: 2 },
  ...more,
});

it.each([
  [{ pulls: { replicating: 2 } }, 'quiet', '2 pulls replicated'],
  [{ pulls: { replicating: 3, broken: 1 } }, 'bad', '1 pull broken'],
  [{ pulls: { unknown: 1, 'needs-refresh': 1 } }, 'warn', '1 pull needs a refresh'],
  [{ pulls: { replicating: 1 }, down: 1 }, 'warn', '1 pull replicated, 1 server not running'],
  [{ pulls: { replicating: 2 }, logins: 1 }, 'bad', '2 pulls replicated, logins broken'],
  [{ pulls: { replicating: 2 }, logins: 0 }, 'quiet', '2 pulls replicated'],
  [{}, 'quiet', 'no pull was watched'],
] as const)('%o is %s: %s, and never said of now', (more, tone, state) => {
  expect(glanceWords(glance(more), T)).toEqual({ tone, state, age: 'as of 3 h ago' });
});
