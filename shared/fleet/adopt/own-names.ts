import type { Origin } from '../../names';
import type { ObservedServer } from '../../observed';
import { parseOrigin } from '../../origin';

/** What a server is called and bound to as it runs: the environment wins over its file (`kanidm.md`, "server.toml"). */

/** What partners are to dial; null: no `[replication]`, or one without a usable origin. */
export function effectiveOrigin({ facts, config }: ObservedServer): Origin | null {
  const text = facts?.overrides['KANIDM_REPLICATION_ORIGIN'] ?? config?.replication?.origin ?? null;
  return text === null ? null : (parseOrigin(text)?.origin ?? null);
}

/** `IP:PORT` of the replication port as said; null where nobody says it: Kanidm then takes its default. */
export function effectiveBindaddress({ facts, config }: ObservedServer): string | null {
  return facts?.overrides['KANIDM_REPLICATION_BINDADDRESS'] ?? config?.replication?.bindaddress ?? null;
}
