import { describe, expect, it } from 'vitest';
import { readSavedLog } from './saved-log';

const SAID = '00000000-0000-0000-0000-000000000000 INFO     ｉ [info]: Starting Kanidmd | version: 1.10.5';
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
      'journalctl -o json, as bytes',
      JSON.stringify({ __CURSOR: 's=1', __REALTIME_TIMESTAMP: String(AT), MESSAGE: [...Buffer.from(SAID)] }),
      0,
    ],
  ])('of %s has times, and the line without what stands before it', (_, line, after) => {
    expect(readSavedLog(`${line}\n`, 2026)).toEqual({ timed: true, lines: [{ at: AT + after, text: SAID }] });
  });

  it('without times keeps the order, and says that it has none', () => {
    const { timed, lines } = readSavedLog(`${SAID}\r\nsecond\n\n`, 2026);
    expect(timed).toBe(false);
    expect(lines.map(({ text }) => text)).toEqual([SAID, 'second']);
    expect((lines[1]?.at ?? 0) - (lines[0]?.at ?? 0)).toBeGreaterThan(0);
  });

  it('gives a line without a time that of the line before', () => {
    const { lines } = readSavedLog(`a\n2026-11-24T10:20:30Z b\nc\n-- Boot 1 --\n{"broken\n`, 2026);
    expect(lines).toEqual(['a', 'b', 'c'].map((text) => ({ at: AT, text })));
  });

  it.each(['Nov 99 10:20:30 a b: c', '2026-13-24T10:20:30Z x', 'Xyz 24 10:20:30 a b: c', '\u0000\ufffd'])(
    'takes %j as it is',
    (line) => {
      expect(readSavedLog(line, 2026)).toMatchObject({ timed: false, lines: [{}] });
    },
  );
});
