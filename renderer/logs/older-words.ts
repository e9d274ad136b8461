import { messageAndFix } from '../../shared/base/sentences';
import { count, list, moment } from '../base/words';
import type { ReadBack } from '../live/log/older-log.svelte';

/** How far the log was read back, and what stands in the way of more, a sentence each. */
export function olderWords({ from, servers, read, shown, stuck }: ReadBack): readonly string[] {
  const ended = servers.filter(({ more }) => !more).map(({ server }) => server);
  const nothing = ended.length === servers.length;
  const when = moment(from / 1000);
  return [
    nothing ? `The log begins at ${when}: the servers keep nothing older.` : `Read back to ${when}.`,
    ...(nothing || ended.length === 0
      ? []
      : [`${list(ended)} ${ended.length === 1 ? 'keeps' : 'keep'} nothing older.`]),
    ...(read > 0 && shown === 0 ? [`${count(read, 'line')} were read; the filter shows none of them.`] : []),
    ...(stuck && servers.some(({ more, fault }) => more && fault === null)
      ? ['Nothing more could be read beyond that.']
      : []),
    ...servers.flatMap(({ server, fault }) =>
      fault === null ? [] : [`Older lines of ${server} could not be read: ${messageAndFix(fault)}`],
    ),
  ];
}
