import { randomUUID } from 'node:crypto';
import { duration, Span } from './span';

export const nilUuid = '00000000-0000-0000-0000-000000000000';
export type Level = 'INFO' | 'WARN' | 'ERROR';
/** Fields as they are printed after the message: `name: value`, the value already in its final form. */
export type Fields = readonly (readonly [name: string, value: string])[];

/** Writes lines in the recorded shape: `UUID LEVEL    <tree> <icon> [level]: message | key: value`. */
export interface Log {
  /** Lines outside any span carry the nil UUID and appear at once. */
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  /** Prints a finished span, its head first: nothing of a span appears before it ends. */
  finish(span: Span, uuid?: string): void;
  /** A raw line on stdout, as the few things printed without the log's shape. */
  plain(line: string): void;
  /** A raw line on stderr. */
  aside(line: string): void;
}

/**
 * @param out receives whole lines for stdout.
 * @param err receives whole lines for stderr.
 */
export function makeLog(out: (text: string) => void, err: (text: string) => void): Log {
  const nil =
    (level: Level) =>
    (message: string, fields: Fields = []) =>
      out(`${nilUuid} ${level.padEnd(8)} ${messageText(level, message, fields)}\n`);
  return {
    info: nil('INFO'),
    warn: nil('WARN'),
    error: nil('ERROR'),
    finish: (span, uuid = randomUUID()) => {
      out(
        spanLines(span)
          .map((line) => `${uuid} ${line}\n`)
          .join(''),
      );
    },
    plain: (line) => out(`${line}\n`),
    aside: (line) => err(`${line}\n`),
  };
}

const icons = { INFO: 'ｉ', WARN: '🚧', ERROR: '🚨' } as const;

function messageText(level: Level, message: string, fields: Fields): string {
  const tail = fields.map(([name, value]) => ` | ${name}: ${value}`).join('');
  return `${icons[level]} [${level.toLowerCase()}]: ${message}${tail}`;
}

function spanLines(root: Span): string[] {
  const total = root.elapsed();
  const fields = root.fields.map(([name, value]) => `${name}: ${value}`).join(' | ');
  const head = `${'INFO'.padEnd(8)} ${root.name} ${times(root, total)}${fields === '' ? '' : ` ${fields}`}`;
  return [head, ...itemLines(root, '', total)];
}

function itemLines(span: Span, indent: string, total: number): string[] {
  return span.items.flatMap((item, index) => {
    const last = index === span.items.length - 1;
    const branch = `${indent}${last ? '┕━ ' : '┝━ '}`;
    if (item instanceof Span) {
      const head = `${'INFO'.padEnd(8)} ${branch}${item.name} ${times(item, total)}`;
      return [head, ...itemLines(item, `${indent}${last ? '   ' : '│  '}`, total)];
    }
    return [`${item.level.padEnd(8)} ${branch}${messageText(item.level, item.message, item.fields)}`];
  });
}

/** `[ total | own share / total share ]`; without children in between the two shares are one number. */
function times(span: Span, total: number): string {
  const own = span.elapsed() - span.children().reduce((sum, child) => sum + child.elapsed(), 0);
  const share = (ms: number) => `${((ms / total) * 100).toFixed(2)}%`;
  const shares =
    span.children().length > 0
      ? `${share(Math.max(own, 0))} / ${share(span.elapsed())}`
      : share(span.elapsed());
  return `[ ${duration(span.elapsed())} | ${shares} ]`;
}
