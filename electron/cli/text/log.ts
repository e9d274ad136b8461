import { isoOfMicros } from '../../../shared/base/micros';
import type { LogLineView } from '../../../shared/ipc';
import { escapeControls } from '../../../shared/base/escape-controls';
import type { Paint } from './paint';

/** How wide a line may be. */
export interface LogWidths {
  /** The longest id, so that lines align. */
  readonly idWidth: number;
  /** The terminal's; null: no terminal, and nothing is cut. */
  readonly columns: number | null;
}

/** `10:20:30.456`. */
const TIME = 12;

/**
 * A line of the merged log: time (the server's clock, UTC), server, what it means, then the line itself where it says
 * more than that.
 */
export function logText(line: LogLineView, { idWidth, columns }: LogWidths, paint: Paint): string {
  const time = isoOfMicros(line.at).slice(11, 23);
  const room = columns === null ? Infinity : Math.max(0, columns - TIME - idWidth - 2);
  const raw = escapeControls(line.raw).trimEnd();
  const meaning = escapeControls(line.meaning);
  const once = meaning === '' || raw === '' || raw.includes(meaning.replace(/ …$/, ''));
  const colour = { info: (text: string) => text, good: paint.good, warn: paint.warn, bad: paint.bad };
  // Of trouble the line itself is shown, which says how bad it is without any colour.
  const trouble = line.level === 'warn' || line.level === 'bad';
  const said = cut(once && (meaning === '' || (trouble && raw !== '')) ? raw : meaning, room);
  const more = once ? '' : cut(` | ${raw}`, room - said.length);
  return `${paint.quiet(time)} ${line.server.padEnd(idWidth)} ${colour[line.level](said)}${paint.quiet(more)}`.trimEnd();
}

/** Text that fits; nothing where a few letters would say nothing. */
function cut(text: string, room: number): string {
  const letters = [...text];
  if (letters.length <= room) return text;
  return room < 8 ? '' : `${letters.slice(0, room - 1).join('')}…`;
}
