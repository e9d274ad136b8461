import { isBlocked, type Plan, plan } from '../../shared/plan/model/plan';
import { type Step, step, type StepKind } from '../../shared/plan/steps/step';

const HASH = '0'.repeat(64);
const own = {
  ...{ path: '/etc/kanidm/server.toml', from: { sha256: HASH }, changes: [], pullsFrom: [], stops: false },
  ...{ source: 'idm-a', sourceHost: 'idm-a.localhost', by: 'command', asked: false, suppliers: [] },
  ...{
    domain: 'aaaaaaaa-0000-4000-8000-000000000000',
    old: 'A'.repeat(40),
    text: '',
    reads: '',
    with: 'idm-a',
  },
};

/** A step that was never planned, for the simulated bridge and for tests: what is not said is empty. */
export const stepOf = (action: StepKind, more: object = {}): Step =>
  step.parse({
    ...{ id: '1', server: 'idm-b', needs: [], requires: [], summary: '', why: '', risk: '', diff: '' },
    ...{ erases: [], ...own, action },
    ...more,
  });

/** A plan of such steps; another number of steps is another plan. */
export const planOf = (steps: readonly Step[], more: Partial<Plan> = {}): Plan =>
  plan.parse({
    ...{ steps, problems: [], blocked: isBlocked(steps, more.problems ?? []) },
    fingerprint: steps.length.toString(16).padStart(64, '0'),
    ...more,
  });
