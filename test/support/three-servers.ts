import { addServer, newFleet, setDomainUuid } from '../../shared/fleet/edit/edit-fleet';
import { addLink } from '../../shared/fleet/edit/edit-links';
import { readFleet } from '../../shared/fleet/read/read-fleet';
import type { ObservedServer } from '../../shared/observed/observed';
import { makePlan, type PlanWishes } from '../../shared/plan/make/make-plan';
import type { Plan } from '../../shared/plan/model/plan';
import type { Result } from '../../shared/base/result';
import { observedOfTest, originOfTest, type SeenServer } from './fleet-fixtures';

/* A fleet file of three deployed servers, edited as docs/paths.md tells, and what is planned for it. */

export const DOMAIN = 'aaaaaaaa-0000-4000-8000-000000000000';

const value = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
};

export const edited = (text: string, ...edits: readonly ((text: string) => Result<string>)[]): string =>
  edits.reduce((now, edit) => value(edit(now)), text);

export const server = (id: string) => (text: string) =>
  addServer(text, {
    id,
    connect: 'ssh',
    endpoint: `ssh://admin@${id}.example.com`,
    origin: originOfTest(id),
  });
export const link = (supplier: string, consumer: string) => (text: string) =>
  addLink(text, { supplier, consumer });

/** A fleet of three, deployed: idm-a is the primary of idm-b and idm-c. */
export const three = edited(
  newFleet('Home lab'),
  (text) => setDomainUuid(text, DOMAIN),
  ...['idm-a', 'idm-b', 'idm-c'].map(server),
  link('idm-a', 'idm-b'),
  link('idm-a', 'idm-c'),
);
export const deployed: readonly SeenServer[] = [
  { id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull', 'idm-c mutual-pull'] },
  { id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull'] },
  { id: 'idm-c', domain: 'a', tables: ['idm-a mutual-pull'] },
];

export function planOf(
  text: string,
  seen: readonly (SeenServer | ObservedServer)[],
  wishes: PlanWishes = {},
): Plan {
  const { fleet, problems } = readFleet(text, null);
  if (!fleet) throw new Error(JSON.stringify(problems));
  const observed = seen.map((it) => ('tables' in it ? observedOfTest(it) : it));
  return makePlan(
    fleet,
    observed.filter((it) => fleet.servers.some(({ id }) => id === it.id)),
    wishes,
  );
}

export const outline = (plan: Plan): string[] =>
  plan.steps.map((step) => [step.action, step.server, ...step.erases.map((id) => `!${id}`)].join(' '));
export const said = (plan: Plan): string[] => plan.problems.map((problem) => problem.code);
export const errors = (plan: Plan): string[] =>
  plan.problems.flatMap((problem) =>
    problem.severity === 'error' ? [`${problem.code} ${problem.server}`] : [],
  );
export const gone = (id: string): SeenServer => ({ id, domain: 'a', tables: null, state: 'unreachable' });
export const except = (...ids: readonly string[]) => deployed.filter((it) => !ids.includes(it.id));
