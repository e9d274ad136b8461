import { IN_STEP, type LogLineView } from '../../../shared/ipc';
import { span } from '../../base/words';

/** How far the clock of a line's server was off when it was measured; null: not so far that a time would mislead. */
export function clockWords({
  server,
  offset,
}: Pick<LogLineView, 'server' | 'offset'>): { readonly short: string; readonly long: string } | null {
  if (Math.abs(offset) < IN_STEP) return null;
  const off = span(Math.abs(offset) / 1000);
  return {
    short: `clock ${offset > 0 ? '+' : '−'}${off}`,
    long: `By the clock of ${server}, which is ${off} ${offset > 0 ? 'ahead of' : 'behind'} this computer’s`,
  };
}
