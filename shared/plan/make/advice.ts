import type { Fleet } from '../../fleet/model/fleet';
import type { Topology } from '../../fleet/model/topology';
import type { ServerId } from '../../base/names';
import { ruleProblem, type RuleCode } from '../../fleet/rules/registry';
import type { Problem } from '../../base/problem';
import type { PlanContext } from './plan-context';
import type { Step } from '../steps/step';

/** What the operator must know or do besides the steps: no step can do it (`docs/paths.md`). */
export function advice(context: PlanContext, steps: readonly Step[]): readonly Problem[] {
  return [...stopWhatIsRemoved(context, steps), ...primaryNotSeen(context)];
}

/** Taking a server out does not stop it: it is not in the fleet any more, so nothing here reaches it (rule 11). */
function stopWhatIsRemoved({ fleet }: PlanContext, steps: readonly Step[]): readonly Problem[] {
  const gone = new Set(
    steps
      .filter((step) => step.action === 'configure')
      .flatMap(({ changes }) => changes.flatMap((it) => (it.kind === 'remove-partner' ? [it.origin] : []))),
  );
  return fleet.removed
    .filter((origin) => gone.has(origin))
    .map((origin) =>
      ruleProblem(
        'stop-removed-server',
        null,
        `${origin} gets no changes once its tables are taken out: while it runs, it still accepts accounts that you disable on the others.`,
        'Stop kanidmd there, and see that it does not start again.',
      ),
    );
}

/** A primary that may be gone for good: how it is replaced. */
function primaryNotSeen({ topology, observed }: PlanContext): readonly Problem[] {
  return topology.primaries.flatMap((id): Problem[] => {
    if (observed.get(id)?.state === 'running') return [];
    const next = topology.order.find((it) => topology.primaryOf(it) === id && isRunning(it));
    return [
      ruleProblem(
        'primary-not-seen',
        id,
        `${id} is the primary and does not run or cannot be reached; the others go on with each other, and what needs ${id} waits.`,
        next === undefined
          ? `Bring ${id} back.`
          : `Bring ${id} back. If it is gone for good, remove it from the fleet, list its origin under [[removed]], and draw the links so that ${next}, or another server with the data, has no supplier and becomes the primary.`,
      ),
    ];
  });
  function isRunning(id: ServerId): boolean {
    return observed.get(id)?.state === 'running';
  }
}

/**
 * A refresh within one domain is for a server that was put back to an old copy (rule 9). It has a source, and nobody else
 * may refresh itself meanwhile: an automatic server could take the old data.
 */
export function whyNotRefreshed(
  fleet: Fleet,
  topology: Topology,
  refresh: readonly ServerId[],
): readonly Problem[] {
  const problems: Problem[] = [];
  const block = (id: ServerId, code: RuleCode, message: string, fix: string): void =>
    void problems.push(ruleProblem(code, null, message, fix, { server: id }));
  for (const id of refresh) {
    const source = topology.sourceOf(id);
    if (!topology.servers.has(id))
      block(id, 'no-such-server', `The fleet has no server ${id}.`, 'Check the id in the fleet file.');
    else if (source === null)
      block(
        id,
        'primary-has-no-source',
        `${id} is to be refreshed, and it is no link’s consumer: there is no server whose data it could take.`,
        `Reverse its link first, so that the server that holds the right data is the primary.`,
      );
  }
  const armed = fleet.links.filter((link) => link.automaticRefresh);
  for (const link of refresh.length === 0 ? [] : armed)
    block(
      link.consumer,
      'automatic-refresh-after-restore',
      `${link.consumer} is drawn with automatic_refresh: while another server is being repaired, it could replace its own database with an old copy.`,
      'Draw that link without automatic refresh, and turn it on again once a comparison finds the servers the same.',
    );
  return problems;
}
