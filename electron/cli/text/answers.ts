import type { AnswersReport } from '../../../shared/answers/answers';
import {
  answeredWords,
  type AnswersNote,
  answersNotes,
  logWords,
} from '../../../shared/answers/judge-answers';
import { onOneLine } from '../../../shared/base/escape-controls';
import type { Paint } from './paint';
import { table, withFixes } from './table';

/** How many requests each server answered, then what that means. */
export function answersText(report: AnswersReport, paint: Paint): string {
  const { servers } = report;
  const rows = [
    ['SERVER', 'ANSWERED', 'ITS LOG'],
    ...servers.map((it) => [it.server, answeredWords(it, report), logWords[it.log]]),
  ];
  const notes = answersNotes(report);
  const said = notes.map(({ tone, text }) =>
    colourOf(tone, paint)(`${symbol[tone]} ${onOneLine(text).trimEnd()}`),
  );
  return [
    table(rows, (text, _, row) => (row === 0 ? paint.quiet(text) : text)),
    '',
    ...withFixes(
      said,
      notes.map(({ fix }) => fix),
      paint,
    ),
  ].join('\n');
}

type Tone = AnswersNote['tone'];
/** Never colour alone. */
const symbol: Readonly<Record<Tone, string>> = { good: '✓', attention: '!', unknown: '?' };
const colourOf = (tone: Tone, paint: Paint): ((text: string) => string) =>
  ({ good: paint.good, attention: paint.warn, unknown: paint.quiet })[tone];
