import { describe, expect, it } from 'vitest';
import { readSavedLog } from './saved-log';

const SAID = '00000000-0000-0000-0000-000000000000 INFO     ｉ [info]: Starting Kanidmd | version: 1.10.5';
/** Nobody reads a log before it was saved. */
const NOW = Date.parse('2026-11-29T12:00:00Z') * 1000;
const AT = Date.parse('2026-11-24T10:20:30Z') * 1000;

describe('a saved log', () => {
  it.each([
    ['docker logs --timestamps', `2026-11-24T10:20:30.123456789Z ${SAID}`, 123_456],
    ['kubectl logs --timestamps', `2026-11-24T11:20:30.1+01:00 ${SAID}`, 100_000],
    ['docker compose logs --timestamps', `idm-a  | 2026-11-24T10:20:30Z ${SAID}`, 0],
    ['journalctl', `Nov 24 10:20:30 idm-a kanidmd[812]: ${SAID}`, 0],
    [
      'journalctl of a day of one figure',
      `Nov  4 10:20:30 idm-a kanidmd[812]: ${SAID}`,
      -20 * 86_400_000_000,
    ],
    ['journalctl -o short-precise', `Nov 24 10:20:30.123456 idm-a kanidmd[812]: ${SAID}`, 123_456],
    ['journalctl -o short-iso', `2026-11-24T10:20:30+0000 idm-a kanidmd[812]: ${SAID}`, 0],
    ['journalctl -o short-unix', `1795515630.000007 idm-a kanidmd[812]: ${SAID}`, 7],
    [
      'journalctl -o json',
      JSON.stringify({ __CURSOR: 's=1', __REALTIME_TIMESTAMP: String(AT + 5), MESSAGE: SAID }),
      5,
    ],
    [
      'docker’s json-file',
      JSON.stringify({ log: `${SAID}\n`, stream: 'stderr', time: '2026-11-24T10:20:30.123456789Z' }),
      123_456,
    ],
    ['the container runtime of Kubernetes', `2026-11-24T11:20:30.5+01:00 stderr F ${SAID}`, 500_000],
    ['kubectl logs --prefix --timestamps', `[pod/kanidm-0/kanidm] 2026-11-24T10:20:30Z ${SAID}`, 0],
    [
      'docker compose logs --timestamps in colours',
      `\u001b[36midm-a-1  | \u001b[0m2026-11-24T10:20:30Z ${SAID}`,
      0,
    ],
    ['syslog (RFC 5424)', `<30>1 2026-11-24T10:20:30.000009Z idm-a kanidmd 812 - - ${SAID}`, 9],
    ['syslog (RFC 5424), from a file', `1 2026-11-24T10:20:30Z idm-a kanidmd 812 - [a b="\\]"] ${SAID}`, 0],
    [
      'journalctl -o json, as bytes',
      JSON.stringify({ __CURSOR: 's=1', __REALTIME_TIMESTAMP: String(AT), MESSAGE: [...Buffer.from(SAID)] }),
      0,
    ],
  ])('of %s has times, and the line without what stands before it', (_, line, after) => {
    expect(readSavedLog(`${line}\n`, NOW)).toMatchObject({
      timed: true,
      lines: [{ at: AT + after, text: SAID }],
    });
  });

  it.each([
    ['docker logs --timestamps', '2026-11-24T10:20:30Z x', { zoned: true, dated: true }],
    ['journalctl -o short-iso', '2026-11-24T11:20:30+0100 h u: x', { zoned: true, dated: true }],
    ['journalctl -o short-full in UTC', 'Tue 2026-11-24 10:20:30 UTC h u: x', { zoned: true, dated: true }],
    [
      'journalctl -o short-full elsewhere',
      'Tue 2026-11-24 10:20:30 CET h u: x',
      { zoned: false, dated: true },
    ],
    ['journalctl', 'Nov 24 10:20:30 h u: x', { zoned: false, dated: false }],
  ])('of %s says what its times leave open', (_, line, said) => {
    expect(readSavedLog(line, NOW)).toMatchObject({ ...said, timed: true, lines: [{ at: AT, text: 'x' }] });
  });

  it('of half an hour east has the time of UTC', () => {
    const { lines } = readSavedLog('Tue 2026-11-24 15:50:30.5 +0530 h u: x', NOW);
    expect(lines).toEqual([{ at: AT + 500_000, text: 'x' }]);
  });

  const years = (text: string, now = NOW): string[] =>
    readSavedLog(text, now).lines.map(({ at }) => new Date(at / 1000).toISOString().slice(0, 10));
  it('that crosses New Year goes back a year there', () => {
    const text =
      'Dec 30 10:00:00 h u: a\nDec 31 23:59:59 h u: b\nJan  1 00:00:01 h u: c\nJan 20 10:00:00 h u: d';
    expect(years(text)).toEqual(['2025-12-30', '2025-12-31', '2026-01-01', '2026-01-20']);
    const inJanuary = Date.parse('2026-01-20T10:00:05Z') * 1000;
    expect(years(text, inJanuary)).toEqual(['2025-12-30', '2025-12-31', '2026-01-01', '2026-01-20']);
  });

  it('of last December is of last year, and one of tonight by a clock that is ahead is of this one', () => {
    expect(years('Dec 24 10:00:00 h u: a')).toEqual(['2025-12-24']);
    expect(years('Nov 30 00:10:00 h u: a')).toEqual(['2026-11-30']);
  });

  it('of 29 February is of a leap year', () => {
    expect(years('Feb 29 10:00:00 h u: a\nMar  1 10:00:00 h u: b')).toEqual(['2024-02-29', '2026-03-01']);
    expect(readSavedLog('Feb 30 10:00:00 h u: a', NOW).timed).toBe(false);
  });

  it('takes the year of a line that names it, and keeps pieces that are out of order together', () => {
    expect(years('Nov 24 10:00:00 h u: a\n2024-11-25T10:00:00Z b\nNov 24 09:00:00 h u: c')).toEqual([
      '2024-11-24',
      '2024-11-25',
      '2026-11-24',
    ]);
    expect(years('Nov 24 10:00:00 h u: a\nNov 10 10:00:00 h u: b')).toEqual(['2026-11-24', '2026-11-10']);
  });

  it('without times keeps the order, and says that it has none', () => {
    const { timed, lines } = readSavedLog(`${SAID}\r\nsecond\n\n`, NOW);
    expect(timed).toBe(false);
    expect(lines.map(({ text }) => text)).toEqual([SAID, 'second']);
    expect((lines[1]?.at ?? 0) - (lines[0]?.at ?? 0)).toBeGreaterThan(0);
  });

  it.each([
    ['docker compose logs', `idm-a-1  | ${SAID}`],
    ['docker compose logs in colours', `\u001b[36midm-a-1  | \u001b[0m${SAID}`],
    ['kubectl logs --prefix', `[pod/kanidm-0/kanidm] ${SAID}`],
    ['journalctl -o short-monotonic', `[ 3711.123456] idm-a kanidmd[812]: ${SAID}`],
    ['journalctl -o cat', SAID],
  ])('of %s has no times, and the line without what stands before it', (_, line) => {
    expect(readSavedLog(`${line}\n`, NOW)).toMatchObject({ timed: false, lines: [{ text: SAID }] });
  });

  it('gives a line without a time that of the line before', () => {
    const { lines } = readSavedLog(`a\n2026-11-24T10:20:30Z b\nc\n-- Boot 1 --\n{"broken\n`, NOW);
    expect(lines).toEqual(['a', 'b', 'c'].map((text) => ({ at: AT, text })));
  });

  it.each(['Nov 99 10:20:30 a b: c', '2026-13-24T10:20:30Z x', 'Xyz 24 10:20:30 a b: c', '\u0000\ufffd'])(
    'takes %j as it is',
    (line) => {
      expect(readSavedLog(line, NOW)).toMatchObject({ timed: false, lines: [{}] });
    },
  );
});
