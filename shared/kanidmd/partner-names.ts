import type { LogEvidence } from './evidence';
import { parseOrigin } from '../base/origin';
import type { Origin } from '../base/names';
import { type Partner, pulls } from '../server-config/server-config';

/** Whether a server can resolve the name of a partner it pulls from, as far as its own log tells. */
export interface PartnerName {
  readonly origin: Origin;
  readonly resolves: 'yes' | 'no' | 'unknown';
}

/**
 * What a server's log says about the names it dials. A round prints the addresses it dialled (`sock_addrs`), which proves
 * that the name resolved then; `Unable to resolve` proves the opposite. The newest of both counts. A partner that is only
 * let in (`allow-pull`) is never dialled, so its name does not matter here.
 */
export function partnerNames(log: LogEvidence | null, partners: readonly Partner[]): readonly PartnerName[] {
  return partners
    .filter((partner) => pulls(partner.type))
    .map(({ origin }) => ({ origin, resolves: verdict(log, origin) }));
}

function verdict(log: LogEvidence | null, origin: Origin): PartnerName['resolves'] {
  const parts = parseOrigin(origin);
  if (parts?.isAddress === true) return 'yes';
  if (log === null) return 'unknown';
  const host = parts?.host ?? null;
  const dialled = log.rounds.filter((it) => it.supplierHost === host && it.ports.length > 0).at(-1);
  const failed = log.troubles
    .filter((it) => it.code === 'name-not-found' && namedHost(it.evidence) === host)
    .at(-1);
  if (failed !== undefined && failed.at >= (dialled?.at ?? 0)) return 'no';
  return dialled === undefined ? 'unknown' : 'yes';
}

/** The host in `Unable to resolve 'repl://idm-b.example.com:8444' to ip:port`. */
function namedHost(evidence: string): string | null {
  const origin = /'(repl:\/\/[^']+)'/.exec(evidence)?.[1];
  return origin === undefined ? null : (parseOrigin(origin)?.host ?? null);
}
