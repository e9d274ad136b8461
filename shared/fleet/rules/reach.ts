import type { ObservedServer } from '../../observed';
import type { Problem } from '../../problem';
import { finding } from './rule-table';
import type { FleetView } from './view';

/** Servers that could not be judged. Why a probe failed is its own fault, reported beside these. */
export function reachable({ servers }: FleetView): readonly Problem[] {
  return servers.flatMap(({ wanted: { id }, observed }) => {
    const found: Problem[] = [];
    if (observed.state === 'unreachable' && observed.faults.length === 0)
      found.push(
        finding(
          'server-unreachable',
          id,
          `${id} could not be reached.`,
          'Check its endpoint and that the machine is up.',
        ),
      );
    if (observed.state === 'stopped') found.push(serverStopped(id, observed));
    if (observed.state === 'unreachable' || observed.config === null)
      found.push(
        finding(
          'not-checked',
          id,
          `${id} was not checked: ${whyNot(observed)}.`,
          'Check again when that is solved; nothing is changed on it until then.',
        ),
      );
    return found;
  });
}

/** A machine that answered was reached: then it is what is missing there that stopped the probe. */
function whyNot({ state, faults }: ObservedServer): string {
  if (state !== 'unreachable') return 'its server.toml could not be read';
  return faults.some(({ code }) => code === 'unit-not-found')
    ? 'its systemd unit is not there'
    : 'it could not be reached';
}

/** A server whose kanidmd does not run. */
export const serverStopped = (id: string, { facts }: ObservedServer): Problem =>
  finding(
    'server-stopped',
    id,
    `kanidmd is not running on ${id}${detail(facts?.service.detail)}.`,
    'Start it, or read its log for why it stopped.',
  );

const detail = (text: string | undefined): string => (text ? ` (${text})` : '');
