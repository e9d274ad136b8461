import { describeLink } from '../../../shared/fleet/model/fleet';
import type { DrawnLink } from '../../../shared/fleet/adopt/draw-fleet';
import type { PrimaryQuestion } from '../../../shared/fleet/adopt/directions';
import { nameApart } from '../../../shared/connect/kinds';
import type { AdoptedFleet } from '../../../shared/fleet/adopt/adopted-fleet';
import { joinNames } from '../../../shared/base/join-names';
import { escapeControls } from '../../../shared/base/escape-controls';
import type { Paint } from './paint';
import { table } from './table';

/** What adopting found: the servers by the ids they get, and their links. */
export function adoptedText(
  { servers, problems }: AdoptedFleet,
  links: readonly DrawnLink[],
  paint: Paint,
): string {
  const unread = new Set(problems.flatMap(({ severity, server }) => (severity === 'error' ? [server] : [])));
  const rows = servers.map(({ fields, state, version, origin }) => [
    String(fields.id),
    escapeControls([fields.endpoint, nameApart(fields)].filter((it) => it !== null).join('#')),
    state,
    version ?? '',
    escapeControls(origin ?? (unread.has(fields.id) ? 'not known' : 'no replication')),
  ]);
  const lines = links.map((link) => [
    describeLink(link),
    `${link.mutual ? 'both pull' : `${link.consumer} pulls only`}${link.automaticRefresh ? ', automatic refresh' : ''}`,
    reasons[link.because],
  ]);
  const strongFirst = (cell: string, column: number): string => (column === 0 ? paint.strong(cell) : cell);
  return [table(rows, strongFirst), table(lines, strongFirst)].filter((text) => text !== '').join('\n\n');
}

/** What to add to the command. */
export function questionText({ servers, candidates }: PrimaryQuestion): string {
  const ways = candidates.map((id) => `--primary ${id}`).join(' or ');
  return `Whose data wins among ${joinNames(servers)}? Their files do not say. Add ${ways}.`;
}

const reasons: Readonly<Record<DrawnLink['because'], string>> = {
  'automatic-refresh': 'the consumer may refresh itself',
  type: 'by pull and allow-pull',
  'other-links': 'the other links leave no other way',
  primary: 'by the primary you named',
};
