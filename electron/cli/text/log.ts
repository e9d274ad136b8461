import type { LogLineView } from '../../../shared/ipc';
import { harmless, type Paint } from './paint';

/**
 * A line of the merged log: time (the server's clock, UTC), server, what it means, then the line itself when it says
 * more.
 * @param idWidth how wide the longest id is, so that lines align.
 */
export function logText(line: LogLineView, idWidth: number, paint: Paint): string {
  const time = new Date(line.at / 1000).toISOString().slice(11, 23);
  const colour = { info: (text: string) => text, good: paint.good, warn: paint.warn, bad: paint.bad }[
    line.level
  ];
  const raw = harmless(line.raw).trimEnd();
  const said = line.meaning === '' ? raw : `${harmless(line.meaning)} ${paint.quiet(`| ${raw}`)}`;
  return `${paint.quiet(time)} ${line.server.padEnd(idWidth)} ${line.meaning === '' ? colour(said) : said.replace(harmless(line.meaning), colour(harmless(line.meaning)))}`;
}
