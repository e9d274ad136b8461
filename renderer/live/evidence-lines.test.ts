import { expect, it } from 'vitest';
import type { HeldLine } from './log/log-store';
import { evidenceOf } from './evidence-lines';

const SPAN = '11111111-1111-4111-8111-111111111111';
let number = 0;
const line = (server: string, at: number, raw = 'else'): HeldLine => ({
  ...{
    key: `${server}${at}${raw}`,
    at,
    offset: 0,
    server,
    level: 'info',
    meaning: raw,
    raw,
    pull: null,
    group: null,
    bootstrap: null,
  },
  number: (number += 1),
});
const said = (lines: readonly HeldLine[], ...proofs: Parameters<typeof evidenceOf>[1]) =>
  evidenceOf(lines, proofs, 1).map(
    ({ line: { server, at }, proves }) => `${server} ${at}${proves ? ' !' : ''}`,
  );

it('are those of both ends, with what stands around them, and no others', () => {
  const lines = [
    line('idm-a', 1),
    line('idm-b', 2),
    line('idm-a', 3, `${SPAN} INFO repl_run_consumer`),
    line('idm-a', 4, `${SPAN} ERROR the reason`),
    line('idm-b', 5),
    line('idm-b', 6),
    line('idm-a', 7),
    line('idm-b', 9, 'it refuses a client'),
    line('idm-a', 9),
  ];
  const span = { server: 'idm-a', span: SPAN, at: 4 };
  const refused = { server: 'idm-b', span: null, at: 9 };
  expect(said(lines, span, refused)).toEqual([
    ...['idm-b 2', 'idm-a 3 !', 'idm-a 4 !', 'idm-b 5'],
    ...['idm-a 7', 'idm-b 9 !', 'idm-a 9'],
  ]);
  expect(said(lines, { ...refused, server: 'idm-c' })).toEqual([]);
});

it('of a server that does not answer are its last words', () => {
  const lines = Array.from({ length: 20 }, (_, index) => line(index % 2 === 0 ? 'idm-a' : 'idm-b', index));
  const proving = said(lines, { server: 'idm-b', span: null, at: null }).filter((it) => it.endsWith('!'));
  expect(proving).toEqual([9, 11, 13, 15, 17, 19].map((at) => `idm-b ${at} !`));
});
