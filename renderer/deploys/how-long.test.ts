import { expect, it } from 'vitest';
import { stepOf } from '../dev/step-of';
import type { HistoryDeploy } from '../../shared/plan/model/history';
import { howLong } from './how-long';

const done = (action: 'configure' | 'verify', server: string, tookMs: number) => ({
  ...{ id: '1', server, action, summary: '', diff: '', note: '', state: 'done' as const },
  tookMs,
});
const past = [
  { steps: [done('configure', 'idm-a', 3_000), done('verify', 'idm-a', 20_000)] },
] as unknown as readonly HistoryDeploy[];

it('a plan takes about as long as such steps took, and what never ran is not guessed', () => {
  const [configure, verify] = [stepOf('configure'), stepOf('verify')];
  expect(howLong({ steps: [configure, verify] }, past)).toBe('about 23 s');
  expect(howLong({ steps: [configure, stepOf('refresh')] }, past)).toMatch(
    /^at least 3 s; how long “.+” takes is not known yet$/,
  );
  expect(howLong({ steps: [configure, verify] }, [])).toBe('not known: no such step ran in this fleet yet');
});
