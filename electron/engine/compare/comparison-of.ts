import { contentsInWords } from '../../../shared/compare/backup/contents';
import { type Comparison, type DifferingEntry, MOST_NAMED } from '../../../shared/compare/comparison';
import { type Backup, milliseconds } from '../../../shared/compare/backup/backup';
import { domainUuid, type ServerId } from '../../../shared/base/names';
import type { Fault } from '../../../shared/base/result';

type Pair = readonly [ServerId, ServerId];

/** Both servers' backups of one moment. */
interface Backups {
  readonly at: number;
  readonly backups: readonly [Backup, Backup];
}

/** What was found, with the first of the entries that differ in order of their types and names. */
export function comparisonOf(
  pair: Pair,
  { at: when, backups }: Backups,
  differing: readonly DifferingEntry[],
  travelling: number,
): Comparison {
  const [a, b] = pair;
  const names = `${a} and ${b}`;
  const entries = new Set([...backups[0].states.keys(), ...backups[1].states.keys()]).size;
  const sorted = [...differing].sort((x, y) => `${x.type} ${x.name}`.localeCompare(`${y.type} ${y.name}`));
  const count = sorted.length;
  return {
    ...blank(pair, when),
    domain: domainUuid(backups[0].domainUuid),
    result: count === 0 ? 'same' : 'differ',
    entries,
    differing: sorted.slice(0, MOST_NAMED),
    differences: count,
    travelling,
    own: pair.flatMap((server, index) => {
      const backup = backups[index];
      const own = backup?.ruv.get(backup.serverUuid);
      if (!backup || !own) return [];
      const reached = new Date(milliseconds(own)).toISOString();
      return [{ server, uuid: backup.serverUuid, at: reached }];
    }),
    cause:
      count === 0
        ? `${names} hold the same ${entries} entries.`
        : `${count} of ${entries} ${count === 1 ? 'entry differs' : 'entries differ'} between ${names}.`,
    fix:
      count === 0
        ? ''
        : 'Choose whose data wins, then refresh the other, by name; a change that is made again on the older side is replicated too.',
  };
}

/** Two domains share no data; nothing is compared entry by entry. */
export function otherDomains(pair: Pair, { at: when, backups }: Backups): Comparison {
  return {
    ...blank(pair, when),
    result: 'differ',
    entries: backups[0].states.size + backups[1].states.size,
    cause: `${pair[0]} and ${pair[1]} are in different domains: they share no data. ${pair[0]} holds ${contentsInWords(backups[0].contents)}; ${pair[1]} holds ${contentsInWords(backups[1].contents)}.`,
    fix: 'Deploy: the plan refreshes the consumer of the link once you name it; reverse the link if that is the one to keep.',
  };
}

/** There is no comparison; why not. */
export const notCompared = (pair: Pair, when: number, fault: Fault): Comparison => ({
  ...blank(pair, when),
  cause: `They cannot be compared: ${fault.where.server === undefined ? '' : `${fault.where.server}: `}${fault.message}`,
  fix: fault.fix,
  fault,
});

const blank = (servers: Pair, when: number): Comparison => ({
  servers,
  at: new Date(when).toISOString(),
  domain: null,
  result: 'unknown',
  entries: 0,
  differing: [],
  differences: 0,
  travelling: 0,
  own: [],
  cause: '',
  fix: '',
  fault: null,
});
