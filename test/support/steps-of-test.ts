import type { z } from 'zod';
import { isBlocked, type Plan, plan } from '../../shared/plan/model/plan';
import { type Step, step, type StepKind } from '../../shared/plan/steps/step';

const HASH = 'a'.repeat(64);
const DOMAIN = 'aaaaaaaa-0000-4000-8000-000000000000';
const path = '/etc/kanidm/server.toml';
/** The fields each kind has of its own. */
const own: Readonly<Record<StepKind, object>> = {
  configure: { from: { sha256: HASH }, path, changes: [], pullsFrom: [] },
  restart: {},
  start: { reads: '' },
  'read-certificate': {},
  'renew-certificate': { old: 'A'.repeat(40) },
  backup: { stops: false },
  refresh: {
    ...{ source: 'idm-a', sourceHost: 'idm-a.example.com', domain: DOMAIN, by: 'command' },
    asked: false,
  },
  verify: { suppliers: [] },
  'put-back': { path, from: { sha256: HASH }, text: '' },
  compare: { with: 'idm-a' },
};

/** A step as a schema lets it through: what is not said is empty. @throws when what is said is no such step. */
export const stepOfTest = <K extends StepKind>(
  action: K,
  more: Readonly<Record<string, unknown>> = {},
): Extract<Step, { readonly action: K }> =>
  step.parse({
    ...{ id: '1', server: 'idm-b', needs: [], requires: [], summary: '', why: '', risk: '', diff: '' },
    ...{ erases: [], ...own[action], action },
    ...more,
  }) as Extract<Step, { readonly action: K }>;

/** A plan of such steps. */
export const planOfTest = (steps: readonly Step[], more: Partial<z.input<typeof plan>> = {}): Plan =>
  plan.parse({
    steps,
    problems: [],
    blocked: isBlocked(steps, more.problems ?? []),
    fingerprint: HASH,
    ...more,
  });
