import type { ConfigureStep, PlannedChange } from '../../shared/plan/steps/configure';
import type { Plan } from '../../shared/plan/model/plan';
import type { Step } from '../../shared/plan/steps/step';
import { desiredTables } from '../../shared/fleet/model/desired';
import { PlanBuilder } from '../../shared/plan/make/plan-builder';
import { ownersOf } from '../../shared/fleet/model/owners';
import { readTopology } from '../../shared/fleet/model/topology';
import type { Planner } from './trial';

/** A planner spoilt in one way; each breaks one rule of (`kanidm.md`, "Refresh erases"). */
export type Mutation = (steps: readonly Step[]) => readonly Step[];

export const mutations: Readonly<Record<string, Mutation>> = {
  /** Rule 1: all links of whoever is refreshed are written before the refresh. */
  'several suppliers during a refresh': early(() => true),

  /** Rule 5: whoever pulls from a server goes on pulling while it is refreshed. */
  'cascades ignored': (steps) =>
    early((change) => change.kind === 'pin-partner' && change.partner.type === 'allow-pull')(steps).map(
      (step) =>
        isBeforeRefresh(step, steps)
          ? { ...step, changes: step.changes.filter((it) => it.kind !== 'remove-partner') }
          : step,
    ),

  /** Rules 2 and 3: `automatic_refresh` stays on until a server's own links are written. */
  'automatic refresh left on': (steps) =>
    steps.filter(
      (step) => !(step.action === 'configure' && step.changes.every((it) => it.kind === 'set-partner')),
    ),

  /** Rule 6: both ways at once, also between an automatic server and one that is not in the domain yet. */
  'mutual-pull towards an outsider': (steps) =>
    steps.map((step) =>
      step.action === 'configure' ? { ...step, changes: step.changes.map(mutually) } : step,
    ),

  /** Rule 8: a refresh that said "Error" is taken to be over. */
  'queued refreshes forgotten': (steps) =>
    steps.filter((step) => !(step.action === 'restart' && step.why.includes('may still be queued'))),

  /** Rule 3: a process that runs with an older file is restarted at the end, like any other tidying up. */
  'older processes restarted last': (steps) => [
    ...steps.filter((step) => !isTidying(step)),
    ...steps.filter(isTidying),
  ],

  'no backups': (steps) => steps.filter((step) => step.action !== 'backup'),
};

const isTidying = (step: Step): boolean => step.action === 'restart' && step.why.includes('after it started');

const isBeforeRefresh = (step: Step, steps: readonly Step[]): step is ConfigureStep =>
  step.action === 'configure' && steps.slice(steps.indexOf(step)).some((it) => isRefreshOf(it, step));

const isRefreshOf = (it: Step, { server }: Step): boolean => it.action === 'refresh' && it.server === server;

/** Writes what is to be written after a refresh before it. */
function early(which: (change: PlannedChange) => boolean): Mutation {
  return (steps) => {
    const moved = new Map<string, PlannedChange[]>();
    const late = steps.filter((step, index): step is ConfigureStep => {
      return step.action === 'configure' && steps.slice(0, index).some((it) => isRefreshOf(it, step));
    });
    for (const step of late) moved.set(step.server, step.changes.filter(which));
    return steps.map((step, index) => {
      if (step.action !== 'configure' || late.includes(step)) return step;
      const next = steps.slice(index + 1).find((it) => it.server === step.server && it.action !== 'backup');
      const changes = next !== undefined && isRefreshOf(next, step) ? (moved.get(step.server) ?? []) : [];
      return changes.length === 0 ? step : { ...step, changes: [...step.changes, ...changes] };
    });
  };
}

function mutually(change: PlannedChange): PlannedChange {
  if (change.kind !== 'pin-partner') return change;
  return { ...change, partner: { ...change.partner, type: 'mutual-pull' } };
}

/** What anyone would do first: write all links everywhere, then refresh. */
export const naive: Planner = (it, world) => {
  const { fleet } = it;
  const observed = world.observe(fleet.servers.map((server) => server.id));
  const topology = readTopology(fleet);
  const origins = new Map(
    fleet.servers.flatMap(({ id, origin }) => (origin === null ? [] : [[id, origin] as const])),
  );
  const builder = new PlanBuilder(observed, ownersOf(fleet, observed), () => false);
  const words = { summary: '', why: '', needs: [] };
  for (const [id, origin] of origins) {
    if (builder.server(id)?.certificate !== null) continue;
    builder.configure(id, [{ kind: 'set-origin', origin }], words);
    builder.readCertificate(id);
  }
  for (const id of origins.keys()) {
    const tables = desiredTables(id, topology, origins).flatMap(({ partner, ...table }): PlannedChange[] => {
      const certificate = builder.server(partner)?.certificate;
      return certificate ? [{ kind: 'pin-partner', partner: table, of: partner, certificate }] : [];
    });
    builder.configure(id, tables, words);
  }
  for (const id of topology.order) {
    const source = topology.sourceOf(id);
    const domain = observed.find((seen) => seen.id === topology.primaryOf(id))?.domain?.uuid;
    const origin = source === null ? undefined : origins.get(source);
    const mine = observed.find((seen) => seen.id === id);
    if (source === null || !domain || !origin || mine?.domain?.uuid === domain || !builder.server(id))
      continue;
    builder.backup(id);
    builder.refresh(id, source, origin, domain, 'command');
  }
  return { ...empty, steps: builder.steps };
};

const empty: Pick<Plan, 'problems' | 'blocked' | 'fingerprint'> = {
  problems: [],
  blocked: false,
  fingerprint: '' as Plan['fingerprint'],
};
