import { mostSpecific } from './causes';
import type { ReadLine } from './log-line';

/** Lines kept of one span, of any level. A refresh of 1.2.0 prints thousands, a hostile server any number. */
export const MOST_LINES = 40;
/** Characters kept of one line. */
export const LONGEST_TEXT = 4096;

/**
 * A line's first characters as a string of its own: a slice would keep the whole line in memory for as long as it lives.
 */
export const shortened = (text: string): string =>
  text.length <= LONGEST_TEXT ? text : (JSON.parse(JSON.stringify(text.slice(0, LONGEST_TEXT))) as string);

/** As much of a server's words as a sentence bears. */
export const quoted = (message: string): string =>
  message.length > 200 ? `${message.slice(0, 200)} …` : message;

/** What is kept of one span: lines as evidence, and the messages its outcome is judged by. Both are bounded. */
export class SpanText {
  /** The head first. Lines of trouble go before others. */
  readonly lines: string[];
  /** Warnings and errors. When there are too many, the first ones and the most specific. */
  readonly messages: string[] = [];
  /** Characters held. */
  size: number;
  /** Nothing but the head has come. */
  silent = true;
  private mostLines = MOST_LINES;
  /** Places in `lines`, ascending, of those that are no trouble: the last one makes room for one that is. */
  private plain: number[] = [];
  /** The message that decides what the span means, once there are too many to look at each time. */
  private deciding: string | null = null;

  constructor(head: string) {
    this.lines = [head];
    this.size = head.length;
  }

  add(text: string, { level, message }: Pick<ReadLine, 'level' | 'message'>): void {
    this.silent = false;
    this.addLine(text, level);
    if (level === 'error' || level === 'warn') this.addMessage(message);
  }

  /** From now on only the head, and the two messages that say most: for a reader that holds too much. */
  shrink(): void {
    const [head = ''] = this.lines;
    const deciding = this.messages.length > 1 ? mostSpecific(this.messages)?.evidence : undefined;
    const kept = [
      this.messages[0],
      this.messages.find((it) => deciding !== undefined && it.startsWith(deciding)),
    ];
    this.mostLines = 1;
    this.lines.splice(0, this.lines.length, head);
    this.messages.splice(0, this.messages.length, ...new Set(kept.filter((it) => it !== undefined)));
    this.plain = [];
    this.size = [head, ...this.messages].reduce((sum, it) => sum + it.length, 0);
  }

  /** What was trouble is no trouble any more. */
  forgetMessages(): void {
    this.size -= this.messages.reduce((sum, it) => sum + it.length, 0);
    this.messages.length = 0;
    this.deciding = null;
  }

  private addLine(text: string, level: ReadLine['level']): void {
    if (this.lines.length >= this.mostLines) {
      const room = level === 'info' ? undefined : this.plain.pop();
      if (room === undefined) return;
      this.size -= this.lines[room]?.length ?? 0;
      this.lines.splice(room, 1);
    }
    if (level === 'info') this.plain.push(this.lines.length);
    this.lines.push(text);
    this.size += text.length;
  }

  /** A message that finds no room takes the last one's place if it decides what the span means. */
  private addMessage(message: string): void {
    // Shrunk: one more than what is kept may come, and then it is the deciding one.
    if (this.messages.length < Math.max(2, this.mostLines)) {
      this.messages.push(message);
      this.size += message.length;
      return;
    }
    if (mostSpecific([message]) === null) return;
    this.deciding ??= mostSpecific(this.messages)?.evidence ?? '';
    const decides = mostSpecific([this.deciding, message])?.evidence;
    if (decides === undefined || decides === this.deciding) return;
    this.deciding = decides;
    this.size += message.length - (this.messages.at(-1)?.length ?? 0);
    this.messages[this.messages.length - 1] = message;
  }
}
