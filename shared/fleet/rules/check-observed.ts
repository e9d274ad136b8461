import type { Fleet } from '../fleet';
import type { Topology } from '../topology';
import type { ObservedServer } from '../../observed';
import type { Problem } from '../../problem';
import { bindAddresses, environment, origins, publishedPorts } from './addresses';
import { certificateDates, certificateNames, pins } from './certificates';
import { containers } from './containers';
import { domainNames, httpsOrigins, primaryLooksNew, primaryOutvoted } from './domains';
import { deployedLinks, secondTables } from './deployed-links';
import {
  automaticRefreshInFiles,
  automaticRefreshOnPrimary,
  unknownPartners,
  unreadablePins,
  unresolvedNames,
} from './partners';
import { notChecked } from './not-checked';
import { reachable } from './reach';
import { serverFiles } from './server-files';
import { sshConfig } from './ssh-config';
import { clocks, domainLevels, runningVersions, versions } from './versions';
import { type FleetView, viewFleet } from './view';

/** Rules that look at the servers; `rule-table.ts` says how much each matters and why it exists. */
const rules: readonly ((view: FleetView) => readonly Problem[])[] = [
  reachable,
  notChecked,
  primaryLooksNew,
  primaryOutvoted,
  domainNames,
  httpsOrigins,
  runningVersions,
  versions,
  domainLevels,
  clocks,
  serverFiles,
  origins,
  bindAddresses,
  publishedPorts,
  environment,
  containers,
  sshConfig,
  certificateDates,
  certificateNames,
  pins,
  unreadablePins,
  automaticRefreshInFiles,
  automaticRefreshOnPrimary,
  unknownPartners,
  unresolvedNames,
  secondTables,
  deployedLinks,
];

/**
 * Checks what was probed against the fleet file (`kanidm.md`, "Rules to check before anything is written").
 * @param now milliseconds since the epoch, for certificates' dates.
 */
export function checkObserved(
  fleet: Fleet,
  topology: Topology,
  observed: readonly ObservedServer[],
  now: number = Date.now(),
): readonly Problem[] {
  const view = viewFleet(fleet, topology, observed, now);
  return rules.flatMap((rule) => rule(view));
}
