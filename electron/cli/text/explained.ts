import { healthWords } from '../../../shared/kanidmd/health-words';
import { isoOfMicros } from '../../../shared/base/micros';
import { escapeControls } from '../../../shared/base/escape-controls';
import type { ExplainedEnd, ExplainedPull } from '../../engine/explain/explain-logs';
import type { Paint } from './paint';
import { indent } from './table';

/** What a saved log says of its server: how far it reaches, each pull at its end, trouble outside of rounds. */
export function explainedText(end: ExplainedEnd, paint: Paint): string {
  const { name, lines, evidence, pulls, troubles } = end;
  const reach =
    end.from === null || end.to === null
      ? 'no times'
      : `${timeOf(end.from)} to ${timeOf(end.to)}${zoneOf(end)}`;
  const version =
    evidence.runningVersion === null ? 'its start is not in it' : `kanidmd ${evidence.runningVersion}`;
  const head = `${paint.strong(escapeControls(name))}: ${lines} lines, ${reach}, ${escapeControls(version)}`;
  // A file without a line of kanidmd's says nothing of its rounds either.
  if (end.says === 0) return head;
  const noPull = 'No round of its own is in it: it pulls from nobody, or the log is too short.';
  return [
    head,
    ...(pulls.length === 0 ? [indent(noPull, 2)] : pulls.map((pull) => pullText(pull, end, paint))),
    ...troubles.map(({ cause, fix, evidence: line }) =>
      [
        indent(`${paint.warn('trouble')}  ${escapeControls(cause)}`, 2),
        ...(fix === '' ? [] : [indent(paint.quiet(escapeControls(fix)), 11)]),
        ...(line === '' ? [] : [indent(paint.quiet(`| ${escapeControls(line).trim()}`), 11)]),
      ].join('\n'),
    ),
  ].join('\n');
}

function pullText(pull: ExplainedPull, end: ExplainedEnd, paint: Paint): string {
  const { supplier, health, cause, fix, lastSuccess, rounds } = pull;
  const good = rounds.filter(({ outcome }) => outcome.kind === 'success').length;
  const colour = health === 'broken' ? paint.bad : health === 'needs-refresh' ? paint.warn : paint.quiet;
  const last =
    !end.timed || lastSuccess === null
      ? ''
      : `, the last good one ${timeOf(Date.parse(lastSuccess) * 1000)}${zoneOf(end)}`;
  return [
    indent(
      `from ${paint.strong(escapeControls(supplier))}  ${colour(healthWords[health])}  ${escapeControls(cause)}`,
      2,
    ),
    ...(fix === '' ? [] : [indent(paint.quiet(escapeControls(fix)), 4)]),
    rounds.length === 0
      ? indent(paint.quiet('no round of it is in the log'), 4)
      : indent(paint.quiet(`${good} of the last ${rounds.length} rounds succeeded${last}`), 4),
  ].join('\n');
}

const zoneOf = ({ zoned }: ExplainedEnd): string => (zoned ? ' UTC' : ', zone not known');

/** In UTC where the log names a zone, else by the clock of whoever saved it. */
const timeOf = (at: number): string => isoOfMicros(at).slice(0, 19).replace('T', ' ');
