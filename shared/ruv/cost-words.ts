import { joinNames } from '../base/join-names';
import { bytesInWords } from '../base/sentences';
import { RUV_LARGEST, RUV_LARGEST_STARTED } from './by-itself';
import type { ServerRuv } from './ruv';

/** What a look takes on a server, at a database that it costs little and at the largest that was measured (`guide.md`, "What a look costs"). */
export const COST =
  'kanidmd of each server reads its whole database for this, one server after the other, beside the one that runs, and a change that is made meanwhile waits. Measured: at 28 MB (10,000 entries) it waits up to 0.4 s and the look takes 111 MB of memory there; at 275 MB (100,000 entries) no change is written for 6.1 s, longer than the 5 s for which kanidmd waits, so changes may fail, and it takes 716 MB. No file is made there.';

type Row = Pick<ServerRuv, 'server' | 'code'>;

/** What reading them costs those servers that the watch left out for it, a sentence each kind, the gravest first. */
export function dearTo(servers: readonly Row[]): readonly string[] {
  const of = (code: string): string =>
    joinNames(servers.flatMap((it) => (it.code === code ? [it.server] : [])));
  const kinds = [
    [
      of('ruv-too-large'),
      `a database of more than ${bytesInWords(RUV_LARGEST_STARTED)}: changes there may fail while it is read.`,
    ],
    [
      of('ruv-little-memory'),
      `a container with little memory for its database, which counts the look’s: kanidmd may be ended for it.`,
    ],
    [
      of('ruv-large'),
      `a database of ${bytesInWords(RUV_LARGEST)} to ${bytesInWords(RUV_LARGEST_STARTED)}: a change there may wait for a second or two.`,
    ],
    [
      of('ruv-no-database'),
      'a database whose size is not known: how long changes there wait is not known either.',
    ],
  ] as const;
  return kinds.flatMap(([names, what]) => (names === '' ? [] : [`${names}: ${what}`]));
}
