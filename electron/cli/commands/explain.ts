import { basename } from 'node:path';
import type { Problem } from '../../../shared/base/problem';
import { problemOf } from '../../../shared/base/problem';
import { explainLogs, type ExplainedEnd, isOneClock, type SavedEnd } from '../../engine/explain/explain-logs';
import { readSavedLog, textOfLog } from '../../engine/explain/saved-log';
import type { Invocation } from '../base/arguments';
import { readNamed } from '../base/named-file';
import { exit, type World } from '../base/world';
import { explainedText } from '../text/explained';
import { jsonText } from '../text/json';
import { hasErrors, problemsText } from '../text/problems';

/** A saved log; more is cut with `tail`. Bytes. */
const LARGEST_LOG = 64 * 1024 * 1024;

/** `kanilink explain`: what saved logs prove. Asks no server and changes nothing. */
export async function explain(invocation: Invocation, world: World): Promise<number> {
  const { consumer, supplier, json } = invocation;
  const [mine, theirs] = await Promise.all([readEnd(consumer, world), readEnd(supplier, world)]);
  const problems = [...mine.problems, ...theirs.problems];
  const ends = mine.end === null || hasErrors(problems) ? [] : explainLogs(mine.end, theirs.end);
  const clocks = [mine.end, theirs.end].flatMap((end) =>
    end === null ? [] : vagueTimes(end, mine.end, theirs.end),
  );
  const found = [...problems, ...ends.flatMap(saysNothing), ...clocks];
  if (json) world.print(jsonText({ ends: ends.map(endJson), problems: found }));
  else {
    const parts = [...ends.map((end) => explainedText(end, world.paint)), problemsText(found, world.paint)];
    world.print(parts.filter((part) => part !== '').join('\n\n'));
  }
  if (hasErrors(found)) return exit.failed;
  return ends.some(isTroubled) ? exit.attention : exit.well;
}

async function readEnd(
  file: string | null,
  world: World,
): Promise<{ readonly end: SavedEnd | null; readonly problems: readonly Problem[] }> {
  if (file === null) return { end: null, problems: [] };
  const fix = 'Name a log that you may read; of a large one the end is enough: tail -c 60M LOG.';
  const read = await readNamed(file, fix, LARGEST_LOG);
  if (!read.ok) return { end: null, problems: [problemOf(read.error)] };
  const log = readSavedLog(textOfLog(read.value), world.now() * 1000);
  return { end: { name: basename(file), log }, problems: [] };
}

/** What its times leave open, and what was taken for it. */
function vagueTimes(
  { name, log }: SavedEnd,
  mine: SavedEnd | null,
  theirs: SavedEnd | null,
): readonly Problem[] {
  if (!log.timed || (log.zoned && log.dated)) return [];
  const both = mine !== null && theirs !== null && mine.log.timed && theirs.log.timed;
  const parts = [
    `Its times name ${log.dated ? 'no zone' : log.zoned ? 'no year' : 'neither year nor zone'}.`,
    ...(log.dated ? [] : ['The newest year that fits is taken.']),
    ...(log.zoned ? [] : ['They are the clock of whoever saved it.']),
    ...(both && !log.zoned
      ? [
          isOneClock(mine.log, theirs.log)
            ? 'Both logs are taken to be of one zone.'
            : 'The other log names its zone, so the two are compared by their order alone, as if both ended together.',
        ]
      : []),
  ];
  return [
    {
      ...{ severity: 'info', code: 'log-times-vague', server: null, where: { file: name } },
      message: parts.join(' '),
      fix: 'Save it with journalctl --output=short-iso-precise.',
    },
  ];
}

/** Nothing in it is a line of kanidmd's: another file, or a log of something else. */
function saysNothing({ name, says }: ExplainedEnd): readonly Problem[] {
  if (says > 0) return [];
  return [
    {
      severity: 'error',
      code: 'no-kanidmd-log',
      server: null,
      message: `${name} holds no line of kanidmd’s log.`,
      fix: 'Save it with docker logs --timestamps CONTAINER, or journalctl --unit kanidmd --output=short-iso-precise.',
      where: {},
    },
  ];
}

const isTroubled = ({ pulls, troubles }: ExplainedEnd): boolean =>
  troubles.length > 0 || pulls.some(({ health }) => health === 'broken' || health === 'needs-refresh');

const endJson = ({ evidence, says: _, pulls, troubles, ...end }: ExplainedEnd): object => ({
  ...end,
  version: evidence.runningVersion,
  startedAt: end.timed ? evidence.startedAt : null,
  listening: evidence.listening,
  pulls: pulls.map(({ consumer, supplier, health, cause, fix, lastSuccess, rounds }) => ({
    ...{ consumer, supplier, health, cause, fix },
    lastSuccess: end.timed ? lastSuccess : null,
    rounds: rounds.map(({ at, kind, took, outcome }) => ({
      at: end.timed ? at : null,
      kind,
      took,
      outcome: outcome.kind === 'success' ? 'success' : outcome.trouble.code,
    })),
  })),
  troubles: troubles.map(({ at, code, cause, fix, evidence: line }) => ({
    ...{ at: end.timed ? at : null, code, cause, fix, evidence: line },
  })),
});
