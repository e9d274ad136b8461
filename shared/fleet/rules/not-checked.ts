import type { ObservedServer } from '../../observed';
import type { Problem } from '../../problem';
import { finding, type RuleCode } from './rule-table';
import type { FleetView, Seen } from './view';

/**
 * What could not be judged, and why: a rule that lacks its facts says so instead of passing. A server that could not be
 * reached or read at all is one problem (`reach.ts`); here is what is missing of one that was.
 */
export function notChecked({ servers, topology }: FleetView): readonly Problem[] {
  return servers.flatMap((server) => {
    const { observed, wanted } = server;
    if (observed.state === 'unreachable' || observed.config === null || observed.facts === null) return [];
    const linked = topology.linksOf(wanted.id).length > 0;
    const because = observed.state === 'stopped' ? 'kanidmd is not running' : null;
    return missing(server, linked).map(({ what, rules, reason }) =>
      finding(
        'not-checked',
        wanted.id,
        `${what} of ${wanted.id} was not checked: ${because ?? reason} (${rules.join(', ')}).`,
        because === null ? 'Check again when that is known.' : 'Start it and check again.',
      ),
    );
  });
}

interface Missing {
  readonly what: string;
  readonly rules: readonly RuleCode[];
  /** Why, while kanidmd runs. */
  readonly reason: string;
}

function missing({ observed }: Seen, linked: boolean): readonly Missing[] {
  const gaps: Missing[] = [];
  const gap = (is: boolean, what: string, reason: string, ...rules: readonly RuleCode[]): void => {
    if (is) gaps.push({ what, rules, reason });
  };
  const { facts, domain, certificate, config, versionOnDisk } = observed;
  gap(facts?.clockOffsetMs === null, 'The clock', 'it could not be measured', 'clock-skew', 'clock-drifts');
  gap(
    runningVersion(observed) === null || versionOnDisk === null,
    'Whether the running version is the one on disk',
    runningVersion(observed) === null ? 'its log does not say what runs' : 'kanidmd does not say its version',
    'restart-is-an-upgrade',
  );
  gap(
    domain === null,
    'The domain',
    'kanidmd did not show it',
    'primary-looks-new',
    'primary-outvoted',
    'domain-names-differ',
    'domain-levels-differ',
  );
  gap(
    certificate === null && linked && config?.replication !== null,
    'The certificate, and what partners pin for it,',
    'kanidmd did not show it',
    'certificate-expired',
    'certificate-expires-soon',
    'certificate-name',
    'pin-differs',
  );
  return gaps;
}

const runningVersion = ({ facts, log }: ObservedServer): string | null =>
  facts?.runningVersion ?? log?.runningVersion ?? null;
