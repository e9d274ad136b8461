import { ownOrigin } from '../../observed/observed-config';
import type { Topology } from '../../fleet/model/topology';
import type { ServerId } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import { parseOrigin } from '../../base/origin';
import { ruleProblem } from '../../fleet/rules/registry';
import type { Problem } from '../../base/problem';

/** The cause that a round has when its supplier is behind its consumer (`shared/kanidmd/causes`). */
const LAGGING = 'lagging';

/**
 * A refresh takes the source's data. Where the newest round from that source says that the source is the one that is behind,
 * or the source itself says so, it would replace the newer data with the older (`kanidm.md`, "What the lines mean"):
 * such a refresh is not planned, no matter who asks for it.
 */
export function whyNotFromBehind(
  topology: Topology,
  observed: readonly ObservedServer[],
  refresh: readonly ServerId[],
): readonly Problem[] {
  return refresh.flatMap((id): Problem[] => {
    const source = topology.sourceOf(id);
    const [consumer, supplier] = [id, source].map((it) => observed.find((seen) => seen.id === it));
    if (source === null || !isBehind(consumer, supplier, observed)) return [];
    return [
      ruleProblem(
        'source-is-behind',
        null,
        `${id} is to take ${source}’s data, and ${source} is the one that is behind: its log or the newest round of ${id} says so. A refresh would replace the newer data with the older.`,
        `Compare the two (kanilink compare FLEET). If ${id} has the data that is to win, reverse the link, then refresh ${source}, by name.`,
        { server: id },
      ),
    ];
  });
}

function isBehind(
  consumer: ObservedServer | undefined,
  supplier: ObservedServer | undefined,
  observed: readonly ObservedServer[],
): boolean {
  if (supplier?.log?.troubles.some((it) => it.code === LAGGING) === true) return true;
  const newest = new Map((consumer?.log?.rounds ?? []).map((round) => [round.supplierHost, round]));
  // By whatever name it is dialled, it is not another server of the fleet.
  const others = new Set(
    observed
      .flatMap((it) => (it === supplier || it === consumer ? [] : [hostOf(it)]))
      .filter((it) => it !== null),
  );
  return [...newest].some(
    ([host, { outcome }]) =>
      !others.has(host) && outcome.kind === 'trouble' && outcome.trouble.code === LAGGING,
  );
}

const hostOf = (server: ObservedServer): string | null => {
  const origin = ownOrigin(server);
  return origin === null ? null : (parseOrigin(origin)?.host ?? null);
};
