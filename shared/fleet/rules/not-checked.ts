import type { ObservedServer } from '../../observed/observed';
import { runsWith } from '../../observed/observed-config';
import type { Problem } from '../../base/problem';
import { ruleProblems, type Words } from './words';
import type { RuleCode } from './registry';
import type { FleetView, ObservedView } from './view';

export const words = {
  'not-checked': {
    severity: 'info',
    down: 'waits',
    what: 'something could not be judged; the message says what and why, and `--json` names the rules that wait for it.',
    why: 'a rule without its facts must not look as if it had passed.',
    fix: 'fix what is in the way and check again.',
    from: 'design: never show green when it isn’t',
    source: 'design.md, "The path data takes": what was not read is not known',
  },
} as const satisfies Words;

const ruleProblem = ruleProblems(words);

/**
 * What could not be judged, and why: a rule that lacks its facts says so instead of passing. A server that could not be
 * reached or read at all, or does not run, is one problem; of one that was, every fact that is missing is one.
 */
export function check({ servers, topology }: FleetView): readonly Problem[] {
  return servers.flatMap((server) => {
    const { observed, wanted } = server;
    if (observed.state === 'unreachable' || observed.config === null) return [notAtAll(wanted.id, observed)];
    if (observed.facts === null) return [];
    const gaps = missing(server, topology.linksOf(wanted.id).length > 0);
    if (observed.state === 'stopped') return gaps.length === 0 ? [] : [whileStopped(wanted.id, gaps)];
    return gaps.map(({ what, rules, reason }) =>
      notChecked(
        wanted.id,
        `${capital(what)} was not checked: ${reason}.`,
        'Check again when that is known.',
        rules,
      ),
    );
  });
}

const whileStopped = (id: string, gaps: readonly Missing[]): Problem =>
  notChecked(
    id,
    `While kanidmd does not run on ${id}, this is not checked: ${gaps.map(({ what }) => what).join('; ')}.`,
    'Start it and check again.',
    gaps.flatMap(({ rules }) => rules),
  );

const notChecked = (id: string, message: string, fix: string, rules: readonly RuleCode[]): Problem =>
  ruleProblem('not-checked', id, message, fix, { server: id }, { rules });

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const notAtAll = (id: string, observed: ObservedServer): Problem =>
  ruleProblem(
    'not-checked',
    id,
    `${id} was not checked: ${whyNot(observed)}.`,
    'Check again when that is solved; nothing is changed on it until then.',
  );

/** A machine that answered was reached: then it is what is missing there that stopped the probe. */
function whyNot({ state, faults }: ObservedServer): string {
  if (state !== 'unreachable') return 'its server.toml could not be read';
  return faults.some(({ code }) => code === 'unit-not-found')
    ? 'its systemd unit is not there'
    : 'it could not be reached';
}

interface Missing {
  /** What is not known, as a question: `whether its clock is right`. */
  readonly what: string;
  readonly rules: readonly RuleCode[];
  /** Why, while kanidmd runs. */
  readonly reason: string;
}

function missing({ wanted: { id }, observed }: ObservedView, linked: boolean): readonly Missing[] {
  const gaps: Missing[] = [];
  const gap = (is: boolean, what: string, reason: string, ...rules: readonly RuleCode[]): void => {
    if (is) gaps.push({ what, rules, reason });
  };
  const { facts, domain, certificate, versionOnDisk } = observed;
  gap(
    facts?.clockOffsetMs === null,
    `whether the clock of ${id} is right`,
    'it could not be measured',
    'clock-skew',
    'clock-drifts',
  );
  gap(
    runningVersion(observed) === null || versionOnDisk === null,
    `whether a restart would upgrade ${id}`,
    runningVersion(observed) === null ? 'its log does not say what runs' : 'kanidmd does not say its version',
    'restart-is-an-upgrade',
  );
  gap(
    domain === null,
    `whose data ${id} holds`,
    'kanidmd did not show its domain',
    'primary-looks-new',
    'primary-outvoted',
    'domain-names-differ',
    'domain-levels-differ',
  );
  gap(
    certificate === null && linked && runsWith(observed)?.replication !== null,
    `whether the certificate of ${id} is valid, and pinned by its partners`,
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
