import type { ObservedServer } from '../../observed/observed';
import type { Problem } from '../../base/problem';
import { ruleProblems, type Words } from './words';
import type { FleetView } from './view';

export const words = {
  'server-unreachable': {
    severity: 'error',
    down: 'root',
    what: 'a server could not be reached.',
    why: 'what is not seen is not touched; a dead server can still be removed.',
    fix: 'check its endpoint and that the machine is up.',
    from: 'design',
    source: 'design.md, "Deploying", 1',
  },
  'server-stopped': {
    severity: 'error',
    remedy: 'start',
    down: 'root',
    what: 'kanidmd does not run there.',
    why: 'nothing it says can be checked. When adopting it is a warning.',
    fix: 'start it, or read its log.',
    from: 'design',
    source: 'design.md, "Deploying", 1',
  },
} as const satisfies Words;

const ruleProblem = ruleProblems(words);

/** Servers that do not answer. Why a probe failed is its own fault, reported beside these. */
export function check({ servers }: FleetView): readonly Problem[] {
  return servers.flatMap(({ wanted: { id }, observed }) => {
    const found: Problem[] = [];
    if (observed.state === 'unreachable' && observed.faults.length === 0) found.push(serverUnreachable(id));
    if (observed.state === 'stopped') found.push(serverStopped(id, observed));
    return found;
  });
}

/** A server of which no fault says why it could not be reached. */
export const serverUnreachable = (id: string): Problem =>
  ruleProblem(
    'server-unreachable',
    id,
    `${id} could not be reached.`,
    'Check its endpoint and that the machine is up.',
  );

/** A server whose kanidmd does not run. */
export const serverStopped = (id: string, { facts }: ObservedServer): Problem =>
  ruleProblem(
    'server-stopped',
    id,
    `kanidmd is not running on ${id}${detail(facts?.service.detail)}.`,
    'Start it, or read its log for why it stopped.',
  );

const detail = (text: string | undefined): string => (text ? ` (${text})` : '');
